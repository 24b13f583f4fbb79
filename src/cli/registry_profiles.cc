#include "cli/registry_profiles.h"

#include <algorithm>
#include <utility>

#include "http/credentials.h"

namespace eulerpublisher::cli {
namespace {

// By any of the names it goes by: index.docker.io is docker.io.
bool is_for(const RegistryProfile& profile, const RegistryHost& host) {
  return host_matches(profile.hosts, host) || profile.hosts == http::canonical_registry(host.text());
}

template <class To, class From>
void take(To& to, const std::optional<From>& from) {
  if (from) to = *from;
}

Profile::Way way_of(RegistryProfile::Upload upload) {
  return upload == RegistryProfile::Upload::whole ? Profile::Way::whole : Profile::Way::pieces;
}

Profile::RangeMeaning meaning_of(RegistryProfile::Range range) {
  switch (range) {
    case RegistryProfile::Range::total:
      return Profile::RangeMeaning::total;
    case RegistryProfile::Range::within_piece:
      return Profile::RangeMeaning::within_piece;
    case RegistryProfile::Range::meaningless:
      break;
  }
  return Profile::RangeMeaning::meaningless;
}

Profile::ContentRange content_range_of(RegistryProfile::ContentRange range) {
  switch (range) {
    case RegistryProfile::ContentRange::none:
      return Profile::ContentRange::none;
    case RegistryProfile::ContentRange::plain:
      return Profile::ContentRange::plain;
    case RegistryProfile::ContentRange::with_unit:
      break;
  }
  return Profile::ContentRange::with_unit;
}

}  // namespace

Profile profile_of(const RegistryHost& host, const Policy& policy) {
  Profile profile = profile_for(host);
  auto found = std::ranges::find_if(policy.registry_profiles(),
                                    [&](const RegistryProfile& one) { return is_for(one, host); });
  if (found == policy.registry_profiles().end()) return profile;
  if (found->upload) profile.way = way_of(*found->upload);
  take(profile.streaming, found->streaming);
  take(profile.pieces, found->pieces);
  take(profile.smallest_piece, found->smallest_piece);
  take(profile.largest_piece, found->largest_piece);
  take(profile.largest_whole, found->largest_whole);
  if (found->range) profile.range = meaning_of(*found->range);
  if (found->content_range) profile.content_range = content_range_of(*found->content_range);
  take(profile.mount, found->mount);
  take(profile.empty_closing_put, found->empty_closing_put);
  take(profile.first_denials, found->first_denials);
  take(profile.at_once, found->at_once);
  take(profile.per_second, found->per_second);
  // One of two that belong together was said; the other, built in, gives way.
  if (found->largest_piece) profile.smallest_piece = std::min(profile.smallest_piece, profile.largest_piece);
  if (found->smallest_piece) profile.largest_piece = std::max(profile.smallest_piece, profile.largest_piece);
  if (found->upload == RegistryProfile::Upload::pieces) profile.pieces = true;
  if (found->pieces == false) profile.way = Profile::Way::whole;
  return profile;
}

}  // namespace eulerpublisher::cli
