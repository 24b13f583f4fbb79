#include "rollout/status.h"

#include <algorithm>
#include <map>

#include "release/survey.h"
#include "rollout/schedule.h"

namespace eulerpublisher::rollout {
namespace {

using catalogue::Build;
using State = TagStatus::State;

constexpr size_t looks_at_once = 16;

// Looks at one build's tags.
class BuildLook {
 public:
  BuildLook(const Build& build, const RolloutParts& parts, std::stop_token stop)
      : build_(build), parts_(parts), stop_(std::move(stop)) {}

  std::vector<TagStatus> look(const std::vector<TagGroup>& groups) {
    auto recipe = make_recipe(build_, parts_.recipe, stop_);
    for (const TagGroup& group : groups) look_at(group, recipe);
    return std::move(found_);
  }

 private:
  void look_at(const TagGroup& group, const Result<ImageRecipe>& recipe) {
    auto release = parts_.release(group.name);
    std::vector<Tag> tags;
    for (const EarnedTag& tag : group.tags) tags.push_back(tag.tag);
    if (!release) {
      for (const Tag& tag : tags)
        found_.push_back({build_.id, group.name, tag, "", State::unknown, release.error().text(), {}});
      return;
    }
    for (const Destination& destination : release->destinations) {
      auto seen = survey(*destination.repository, tags, stop_);
      for (size_t i = 0; i < tags.size(); ++i) {
        TagStatus status{build_.id, group.name, tags[i], destination.name, State::unknown, {}, {}};
        if (!seen)
          status.because = seen.error().text();
        else
          compare((*seen)[i], group, recipe, status);
        found_.push_back(std::move(status));
      }
    }
  }

  void compare(const std::optional<Seen>& seen, const TagGroup& group, const Result<ImageRecipe>& recipe,
               TagStatus& status) {
    if (!seen) {
      status.state = State::absent;
      return;
    }
    status.digest = seen->digest;
    if (seen->content.identity.empty()) {
      status.state = State::foreign;
    } else if (!recipe) {
      status.because = recipe.error().text();
    } else if (seen->content.identity == recipe->identity(group.platforms).text()) {
      status.state = State::up_to_date;
    } else {
      for (const auto& [name, digest] : recipe->bases(group.platforms)) {
        auto before = seen->content.bases.find(name);
        if (before != seen->content.bases.end() && before->second != digest)
          status.because += (status.because.empty() ? "" : ", ") + name;
      }
      status.state = status.because.empty() ? State::changed : State::base_updated;
    }
  }

  const Build& build_;
  const RolloutParts& parts_;
  std::stop_token stop_;
  std::vector<TagStatus> found_;
};

}  // namespace

std::string_view name_of(State state) {
  switch (state) {
    case State::up_to_date:
      return "up to date";
    case State::absent:
      return "absent";
    case State::base_updated:
      return "base updated";
    case State::base_waits:
      return "base waits";
    case State::changed:
      return "changed";
    case State::foreign:
      return "not ours";
    case State::unknown:
      return "could not look";
  }
  return "";
}

bool wants_build(State state) { return state != State::up_to_date && state != State::unknown; }

Result<std::vector<TagStatus>> look_at_status(const catalogue::BuildPlan& plan, const RolloutParts& parts,
                                              std::stop_token stop) {
  std::vector<std::vector<TagStatus>> by_build(plan.builds.size());
  Schedule schedule(std::vector<std::vector<size_t>>(plan.builds.size()));
  schedule.run(
      looks_at_once,
      [&](size_t at) {
        by_build[at] = BuildLook(plan.builds[at], parts, stop).look(groups_of(plan, at));
        return true;
      },
      stop);
  if (stop.stop_requested()) return cancelled("stopped while looking at registries");
  std::vector<TagStatus> all;
  std::vector<char> waits(plan.builds.size(), false);
  for (size_t at = 0; at < by_build.size(); ++at) {
    for (size_t base : plan.builds[at].needs) {
      if (!waits[base]) continue;
      for (TagStatus& status : by_build[at])
        if (status.state == State::up_to_date) {
          status.state = State::base_waits;
          status.because = plan.builds[base].id;
        }
    }
    waits[at] =
        std::ranges::any_of(by_build[at], [](const TagStatus& status) { return wants_build(status.state); });
    std::ranges::move(by_build[at], std::back_inserter(all));
  }
  return all;
}

}  // namespace eulerpublisher::rollout
