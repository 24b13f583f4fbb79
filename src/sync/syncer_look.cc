// The first half of a round: what is there, at the source and in the registries.

#include <algorithm>
#include <atomic>
#include <set>

#include "base/log.h"
#include "base/task_group.h"
#include "sync/at_once.h"
#include "sync/discover.h"
#include "sync/syncer.h"

namespace eulerpublisher::sync {
namespace {

// Requests in flight to the source, and to each registry.
constexpr size_t together = 8;

bool contains(const std::vector<std::string>& all, const std::string& one) {
  return std::ranges::find(all, one) != all.end();
}

}  // namespace

std::vector<Syncer::Candidate> Syncer::discover(Round& round, std::stop_token stop) {
  const Policy& policy = parts_.policy;
  auto sources = parts_.sources.empty() ? policy.all_sources() : parts_.sources;
  std::map<Version, std::vector<std::string>> found;
  std::map<std::string, std::string> down;
  for (const std::string& source : sources) {
    auto root = ReleaseRepository({source}, documents_, parts_.release.clock).list(source, "", stop);
    // One that shows no listing, or has no root, may have versions all the same: those that are known are
    // asked for.
    bool silent = root ? !root->has_value() : root.error().kind() == ErrorKind::denied;
    if (!root && !silent) {
      down[source] = root.error().text();
      round.problems.push_back(root.error().text());
    } else if (!silent) {
      for (const Version& version : versions_in(**root)) found[version].push_back(source);
    }
  }
  std::set<Version> versions(parts_.only.begin(), parts_.only.end());
  if (versions.empty()) {
    for (const Version& version : policy.versions()) versions.insert(version);
    for (const auto& [version, where] : found) versions.insert(version);
  }
  std::vector<Candidate> candidates;
  for (const Version& version : versions) {
    Candidate candidate{
        {version, policy.knows(version), {}, {}, {}, {}, {}, {}}, {version, {}, {}, {}}, {}, {}};
    auto where = parts_.sources.empty() ? policy.sources_of(version) : parts_.sources;
    // A version that nobody has told us about is looked for where it was seen.
    const std::vector<std::string>& seen = found[version];
    if (!candidate.view.in_policy)
      std::stable_partition(where.begin(), where.end(),
                            [&](const std::string& source) { return contains(seen, source); });
    for (const std::string& source : seen)
      if (!contains(where, source))
        where.insert(candidate.view.in_policy ? where.end() : where.begin(), source);
    for (const std::string& source : where)
      if (auto broken = down.find(source); broken == down.end())
        candidate.sought.sources.push_back(source);
      else
        candidate.down = broken->second;
    auto request = parts_.request(version);
    if (!request) {
      candidate.view.offer.problem = std::move(request).error();
    } else {
      candidate.sought.required = request->required;
      candidate.sought.optional = request->optional;
      if (parts_.sources.empty() && !candidate.view.in_policy) request->canonical_source = where.front();
      candidate.request = std::move(*request);
    }
    candidates.push_back(std::move(candidate));
  }
  return candidates;
}

void Syncer::read_offers(std::vector<Candidate>& candidates, std::stop_token stop) {
  at_once(candidates.size(), together, stop, [&](size_t number) { read_offer(candidates[number], stop); });
  std::erase_if(candidates, [&](Candidate& candidate) {
    Offer& offer = candidate.view.offer;
    if (!offer.absent()) return false;
    if (!candidate.down.empty()) {
      offer.problem = unavailable("{}", candidate.down);
    } else if (!parts_.only.empty()) {
      offer.problem = not_found("the release repository does not have it");
    }
    return !offer.problem;
  });
}

void Syncer::read_offer(Candidate& candidate, std::stop_token stop) {
  VersionView& view = candidate.view;
  if (view.offer.problem || candidate.sought.sources.empty()) return;
  auto before = state_.published.find(view.version);
  view.offer = before == state_.published.end()
                   ? reader_.read(candidate.sought, stop)
                   : reader_.look_again(candidate.sought, before->second, state_.totals.rounds, stop);
  if (!view.offer.newest) return;
  candidate.request->index = view.offer.newest->index;
  view.tags = candidate.request->tags;
  view.content = intended_content(*candidate.request, view.offer.newest->release);
  auto attempt = state_.attempts.find(view.version.text());
  if (attempt != state_.attempts.end() && attempt->second.not_yet)
    view.state = reader_.state_of(candidate.sought, view.offer.newest->release, stop);
}

// Updates whose own tag is missing somewhere; one request a registry tells of all of them.
void Syncer::add_dated(std::vector<Candidate>& candidates, Round& round, std::stop_token stop) {
  if (!parts_.policy.sync().dated_tags) return;
  std::vector<std::optional<std::vector<Tag>>> tags(parts_.release.destinations.size());
  Guarded<std::vector<std::string>> problems;
  at_once(tags.size(), tags.size(), stop, [&](size_t number) {
    auto all = parts_.release.destinations[number].repository->tags(stop);
    if (all)
      tags[number] = std::move(*all);
    else
      problems.lock()->push_back(all.error().text());
  });
  auto found = problems.lock();
  round.problems.insert(round.problems.end(), found->begin(), found->end());
  for (Candidate& candidate : candidates) add_dated(candidate, tags, stop);
}

void Syncer::add_dated(Candidate& candidate, const std::vector<std::optional<std::vector<Tag>>>& tags,
                       std::stop_token stop) {
  VersionView& view = candidate.view;
  if (!view.offer.newest) return;
  for (const ReleaseIndex& index : view.offer.updates) {
    EarnedTag dated = Policy::dated_tag(view.version, index.date());
    std::vector<std::string> lacking;
    for (size_t i = 0; i < tags.size(); ++i)
      if (tags[i] && std::ranges::find(*tags[i], dated.tag) == tags[i]->end())
        lacking.push_back(parts_.release.destinations[i].name);
    if (lacking.empty()) continue;
    if (index.text() == view.offer.newest->index.text()) {
      // The tag is never moved, so it waits until nothing more will come.
      if (is_complete(candidate, stop)) view.tags.insert(view.tags.begin() + 1, dated);
      continue;
    }
    if (index.text() > view.offer.newest->index.text()) continue;  // not whole yet
    auto offered = reader_.read_one(candidate.sought, index, stop);
    if (offered) view.dated.push_back({std::move(*offered), std::move(dated), std::move(lacking)});
  }
}

bool Syncer::is_complete(const Candidate& candidate, std::stop_token stop) {
  const Offered& newest = *candidate.view.offer.newest;
  std::string key = key_of(candidate.view.version, newest.index) + " without a tag of its own";
  if (!newest.release.not_released.empty()) {
    auto current = reader_.is_current(candidate.sought, newest, stop);
    Instant now = parts_.release.clock.now();
    Instant since = state_.not_yet_since.try_emplace(key, now).first->second;
    bool waited = now - since > parts_.policy.sync().not_yet_limit;
    if (!waited && (!current || !*current)) return false;
  }
  state_.not_yet_since.erase(key);
  return true;
}

void Syncer::survey(std::vector<Candidate>& candidates, Round& round, std::stop_token stop) {
  const std::vector<Destination>& destinations = parts_.release.destinations;
  for (Candidate& candidate : candidates)
    for (const Destination& destination : destinations)
      candidate.view.held.push_back({destination.name, {}, {}});
  std::vector<std::string> problems(destinations.size());
  at_once(destinations.size(), destinations.size(), stop, [&](size_t place) {
    Guarded<std::string> down;
    auto look = [&](size_t number) {
      VersionView& view = candidates[number].view;
      if (!view.content) return;
      Held& held = view.held[place];
      held.problem = *down.lock();
      if (!held.problem.empty()) return;
      std::vector<Tag> tags;
      for (const EarnedTag& tag : view.tags) tags.push_back(tag.tag);
      auto seen = images_.survey(*destinations[place].repository, tags, stop);
      if (seen) {
        held.seen = std::move(*seen);
        return;
      }
      held.problem = seen.error().text();
      // One that is down is down for all versions: nobody waits for it twice.
      if (seen.error().kind() == ErrorKind::unavailable) *down.lock() = held.problem;
      problems[place] = held.problem;
    };
    if (!candidates.empty()) look(0);
    at_once(candidates.size() < 2 ? 0 : candidates.size() - 1, together, stop,
            [&](size_t number) { look(number + 1); });
  });
  for (size_t place = 0; place < destinations.size(); ++place)
    if (!problems[place].empty())
      round.problems.push_back(fmt::format("{}: {}", destinations[place].name, problems[place]));
}

void Syncer::remember_incomplete(const std::vector<Candidate>& candidates, Instant now) {
  NotYetSince since;
  for (const Candidate& candidate : candidates) {
    for (const NotYet& one : candidate.view.offer.not_yet) {
      std::string key = key_of(candidate.view.version, one.index);
      auto before = state_.not_yet_since.find(key);
      since[key] = before == state_.not_yet_since.end() ? now : before->second;
    }
    for (const auto& [key, when] : state_.not_yet_since) {
      bool of_this = key.starts_with(candidate.view.version.text() + " ");
      // What could not be looked at now has not become whole by that.
      if (of_this && (candidate.view.offer.problem || key.ends_with(" without a tag of its own")))
        since.emplace(key, when);
    }
  }
  state_.not_yet_since = std::move(since);
}

}  // namespace eulerpublisher::sync
