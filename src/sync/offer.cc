#include "sync/offer.h"

#include <algorithm>

#include "sync/discover.h"

namespace eulerpublisher::sync {
namespace {

// How many dated directories that are not whole are passed over on the way to one that is.
constexpr size_t most_incomplete = 5;

std::string folder_of(const Version& version) {
  return fmt::format("openEuler-{}/docker_img", version.text());
}

// What says of a directory that it is not whole yet, rather than that it could not be looked at.
bool is_not_yet(const Error& error) {
  return error.kind() == ErrorKind::not_found || error.kind() == ErrorKind::corrupt;
}

ReleaseWanted wanted(const Sought& sought, const ReleaseIndex& index) {
  return {sought.version.text(), index, sought.required, sought.optional};
}

// Whether what was seen of a release is as it was.
bool is_part_of(const Release& whole, const Release& seen) {
  bool same = std::ranges::all_of(seen.archives, [&](const Archive& archive) {
    return std::ranges::any_of(whole.archives, [&](const Archive& one) {
      return one.platform == archive.platform && one.checksum == archive.checksum;
    });
  });
  return same && std::ranges::all_of(seen.not_released, [&](const Platform& platform) {
           return std::ranges::find(whole.not_released, platform) != whole.not_released.end();
         });
}

// Whether an offer answers just this question: people may have changed the policy since.
bool answers(const Offer& offer, const Sought& sought) {
  if (!offer.newest || !offer.not_yet.empty() || offer.problem) return false;
  const Release& release = offer.newest->release;
  auto asked = [&](const std::vector<Platform>& platforms, const Platform& platform) {
    return std::ranges::find(platforms, platform) != platforms.end();
  };
  size_t optional_there = 0;
  for (const Archive& archive : release.archives) {
    if (std::ranges::find(sought.sources, archive.source) == sought.sources.end()) return false;
    bool required = asked(sought.required, archive.platform);
    if (!required && !asked(sought.optional, archive.platform)) return false;
    optional_there += required ? 0 : 1;
  }
  return release.archives.size() - optional_there == sought.required.size() &&
         optional_there + release.not_released.size() == sought.optional.size() &&
         std::ranges::all_of(release.not_released,
                             [&](const Platform& platform) { return asked(sought.optional, platform); });
}

bool same_indexes(const std::vector<ReleaseIndex>& left, const std::vector<ReleaseIndex>& right) {
  return std::ranges::equal(left, right, {}, &ReleaseIndex::text, &ReleaseIndex::text);
}

}  // namespace

ReleaseRepository OfferReader::repository(const Sought& sought) {
  return ReleaseRepository(sought.sources, client_, clock_);
}

// The first source that lists updates has them all; one that shows no listings is asked for `current` alone.
Result<std::vector<ReleaseIndex>> OfferReader::updates(const Sought& sought, std::stop_token stop) {
  for (const std::string& source : sought.sources) {
    auto listing = repository(sought).list(source, folder_of(sought.version) + "/update", stop);
    if (!listing && listing.error().kind() == ErrorKind::denied)
      return std::vector<ReleaseIndex>{ReleaseIndex::current()};
    if (!listing) return std::move(listing).error();
    if (*listing) return updates_in(**listing);
  }
  return std::vector<ReleaseIndex>{};
}

Result<bool> OfferReader::is_there(const Sought& sought, std::stop_token stop) {
  for (const std::string& source : sought.sources) {
    auto listing = repository(sought).list(source, folder_of(sought.version), stop);
    // A folder that may not be listed shows nothing of what it may lack.
    if (!listing && listing.error().kind() == ErrorKind::denied) continue;
    if (!listing) return std::move(listing).error();
    if (*listing) return true;
  }
  return false;
}

Result<Offered> OfferReader::read_one(const Sought& sought, const ReleaseIndex& index, std::stop_token stop) {
  Release release = TRY(repository(sought).look(wanted(sought, index), stop));
  return Offered{index, std::move(release)};
}

Offer OfferReader::read(const Sought& sought, std::stop_token stop) {
  auto dated = updates(sought, stop);
  if (dated) return read_updates(sought, std::move(*dated), stop);
  Offer offer;
  offer.problem = std::move(dated).error();
  return offer;
}

Offer OfferReader::read_updates(const Sought& sought, std::vector<ReleaseIndex> updates,
                                std::stop_token stop) {
  Offer offer;
  offer.updates = std::move(updates);
  std::vector<ReleaseIndex> candidates(
      offer.updates.begin(),
      offer.updates.begin() + static_cast<std::ptrdiff_t>(std::min(offer.updates.size(), most_incomplete)));
  candidates.push_back(ReleaseIndex::first());
  for (const ReleaseIndex& index : candidates) {
    auto one = read_one(sought, index, stop);
    if (one) {
      offer.newest = std::move(*one);
      break;
    }
    if (!is_not_yet(one.error())) {
      offer.problem = std::move(one).error();
      break;
    }
    // Of a server that shows no listings nobody knows whether there is an update at all.
    if (index.is_current() && one.error().kind() == ErrorKind::not_found) continue;
    offer.not_yet.push_back({index, one.error().text()});
  }
  std::erase_if(offer.updates, [](const ReleaseIndex& index) { return index.is_current(); });
  bool first_is_missing =
      !offer.newest && !offer.problem && offer.updates.empty() && offer.not_yet.size() == 1;
  if (!first_is_missing) return offer;
  // A folder without docker_img is no version; one with an empty docker_img may become one.
  auto there = is_there(sought, stop);
  if (!there) {
    offer.problem = std::move(there).error();
  } else if (!*there) {
    offer.not_yet.clear();
  }
  return offer;
}

Offer OfferReader::look_again(const Sought& sought, const Offer& before, size_t turn, std::stop_token stop) {
  if (!answers(before, sought)) return read(sought, stop);
  auto dated = updates(sought, stop);
  if (!dated) {
    Offer offer;
    offer.problem = std::move(dated).error();
    return offer;
  }
  bool unlisted = dated->size() == 1 && dated->front().is_current();
  bool as_before = unlisted ? before.newest->index.is_current() : same_indexes(*dated, before.updates);
  if (as_before) {
    std::vector<Platform> all = sought.required;
    all.insert(all.end(), sought.optional.begin(), sought.optional.end());
    Sought part = sought;
    part.sources = {before.newest->release.archives.front().source};  // it serves all of the release
    part.required.clear();
    part.optional = {all[turn % all.size()]};
    auto seen = read_one(part, before.newest->index, stop);
    // One that is asked for alone may be missing as it was before.
    bool missing = !seen && seen.error().kind() == ErrorKind::not_found;
    if ((seen && is_part_of(before.newest->release, seen->release)) ||
        (missing && is_part_of(before.newest->release, {{}, part.optional})))
      return before;
  }
  return read_updates(sought, std::move(*dated), stop);
}

Result<bool> OfferReader::is_current(const Sought& sought, const Offered& update, std::stop_token stop) {
  Sought one = sought;
  one.required = {update.release.archives.front().platform};
  one.optional.clear();
  auto current = read_one(one, ReleaseIndex::current(), stop);
  if (!current && is_not_yet(current.error())) return false;  // away for a moment
  if (!current) return std::move(current).error();
  return current->release.archives.front().checksum == update.release.archives.front().checksum;
}

std::string OfferReader::state_of(const Sought& sought, const Release& release, std::stop_token stop) {
  std::string text;
  for (const Archive& archive : release.archives)
    text += fmt::format("{} {} {}\n", archive.platform.text(), archive.checksum.hex(),
                        repository(sought).state_of(archive, stop));
  return text;
}

}  // namespace eulerpublisher::sync
