#include "release/status.h"

#include <algorithm>

#include "base/task_group.h"
#include "release/commit.h"
#include "release/moves_journal.h"
#include "release/survey.h"

namespace eulerpublisher {
namespace {

using State = MoveOutcome::State;

void say_missing(TagStatus& status, const std::vector<Platform>& required) {
  for (const Platform& platform : required) {
    bool there = std::ranges::any_of(status.seen->content.platforms,
                                     [&](const Platform& own) { return same_machine(own, platform); });
    if (!there) status.because += (status.because.empty() ? "lacks " : ", ") + platform.architecture;
  }
}

// Against the policy alone: what other registries hold is not known yet.
void hold_against_policy(TagStatus& status, const Status::Row& row, const Policy& policy) {
  if (!status.seen) return;
  const std::optional<Version>& version = status.seen->content.version;
  if (version != row.version) {
    status.standing = Standing::different;
    status.because = version ? "is " + version->text() : "does not say which version it is";
    return;
  }
  say_missing(status, policy.required_platforms(row.version));
  status.standing = status.because.empty() ? Standing::published : Standing::behind;
}

void hold_against_journal(TagStatus& status) {
  if (!status.last) return;
  const Journal::Event& event = status.last->event;
  bool half = event.kind == event::moving;  // what became of it was never written
  if (half && !status.last->over) {
    status.record = Record::unfinished;
    return;
  }
  std::string now = status.seen ? status.seen->digest.text() : "";
  bool stayed = event.kind == name_of(State::undone);
  bool unsure = half || event.kind == name_of(State::failed);
  const std::string& recorded = stayed || (unsure && now == event.from) ? event.from : event.to;
  if (auto digest = Digest::parse(recorded)) status.recorded = *digest;
  status.record = now == recorded ? Record::agreed : Record::moved_since;
}

// The same version made from an older archive than elsewhere is behind.
void compare_with_each_other(Status& status) {
  for (size_t row = 0; row < status.rows.size(); ++row) {
    std::optional<Instant> newest;
    std::string where;
    auto each = [&](auto&& look) {
      for (RegistryStatus& registry : status.registries) {
        if (!registry.problem.empty() || registry.tags[row].standing != Standing::published) continue;
        if (auto created = parse_rfc3339(registry.tags[row].seen->content.created))
          look(registry, registry.tags[row], *created);
      }
    };
    each([&](RegistryStatus& registry, TagStatus&, Instant created) {
      if (newest && *newest >= created) return;
      newest = created;
      where = registry.name;
    });
    each([&](RegistryStatus&, TagStatus& tag, Instant created) {
      if (created == *newest) return;
      tag.standing = Standing::behind;
      tag.because = "is older than at " + where;
    });
  }
}

}  // namespace

std::string_view name_of(Standing standing) {
  switch (standing) {
    case Standing::published:
      return "published";
    case Standing::behind:
      return "behind";
    case Standing::different:
      return "different";
    case Standing::absent:
      return "absent";
  }
  return "unknown";
}

std::string_view name_of(Record record) {
  switch (record) {
    case Record::never_released:
      return "never released from here";
    case Record::agreed:
      return "agreed";
    case Record::moved_since:
      return "moved by somebody else";
    case Record::unfinished:
      return "unfinished";
  }
  return "unknown";
}

bool Status::seen_all() const {
  return std::ranges::all_of(registries, [](const RegistryStatus& one) { return one.problem.empty(); });
}

Result<Status> read_status(const Policy& policy, const std::vector<Destination>& destinations,
                           Journal& journal, std::stop_token stop) {
  Status status;
  std::vector<Tag> tags;
  for (const Version& version : policy.versions())
    for (EarnedTag& earned : TRY(policy.tags_of(version))) {
      tags.push_back(earned.tag);
      status.rows.push_back({version, std::move(earned)});
    }
  for (const Destination& destination : destinations)
    status.registries.push_back({destination.name, destination.repository->name(), {}, {}});
  TaskGroup looks(stop);
  for (size_t i = 0; i < destinations.size(); ++i)
    looks.add([&, i](std::stop_token stop) -> Done {
      RegistryStatus& registry = status.registries[i];
      // The journal first: what it says was so before the look, unless somebody moved it.
      std::vector<std::optional<Journal::LastWord>> last;
      for (const Tag& tag : tags) last.push_back(TRY(journal.last_word(registry.repository, tag.text())));
      auto seen = survey(*destinations[i].repository, tags, stop);
      if (!seen && seen.error().kind() == ErrorKind::cancelled) return std::move(seen).error();
      if (!seen) {
        registry.problem = seen.error().text();
        return {};
      }
      for (size_t row = 0; row < tags.size(); ++row) {
        TagStatus tag{std::move((*seen)[row]), Standing::absent, {}, {}, std::move(last[row]), {}};
        hold_against_policy(tag, status.rows[row], policy);
        hold_against_journal(tag);
        registry.tags.push_back(std::move(tag));
      }
      return {};
    });
  TRY(looks.wait());
  compare_with_each_other(status);
  return status;
}

}  // namespace eulerpublisher
