#include "rollout/status.h"

#include <algorithm>
#include <map>

#include "base/guarded.h"
#include "catalogue/latest.h"
#include "release/survey.h"
#include "rollout/schedule.h"

namespace eulerpublisher::rollout {
namespace {

using catalogue::Build;
using State = TagStatus::State;

constexpr size_t looks_at_once = 16;
constexpr unsigned failures_to_give_up = 3;

// Registries that do not answer: each image would wait for them anew.  Safe from any thread.
class Silent {
 public:
  // Why this one is asked no more, or nothing.
  std::optional<std::string> given_up(const std::string& registry) {
    auto known = known_.lock();
    auto found = known->find(registry);
    if (found == known->end() || found->second.in_a_row < failures_to_give_up) return std::nullopt;
    return found->second.because;
  }
  void answered(const std::string& registry) { known_.lock()->erase(registry); }
  void failed(const std::string& registry, const Error& error) {
    if (error.kind() != ErrorKind::unavailable) return;
    auto known = known_.lock();
    State& state = (*known)[registry];
    ++state.in_a_row;
    state.because = error.text();
  }

 private:
  struct State {
    unsigned in_a_row = 0;
    std::string because;
  };
  Guarded<std::map<std::string, State>> known_;
};

// Looks at one build's tags.
class BuildLook {
 public:
  BuildLook(const Build& build, const StatusParts& parts, Silent& silent, std::stop_token stop)
      : build_(build), parts_(parts), silent_(silent), stop_(std::move(stop)) {}

  std::vector<TagStatus> look(const std::vector<TagGroup>& groups) {
    read_recipes();
    for (const TagGroup& group : groups) look_at(group);
    return std::move(found_);
  }

 private:
  // As the engine would make it that builds here; where there is none, as any of them would.
  void read_recipes() {
    bool known = std::ranges::all_of(build_.platforms, [&](const Platform& platform) {
      return parts_.recipe.engine_for(platform).has_value();
    });
    if (known || parts_.engines.empty()) {
      recipes_.push_back(make_recipe(build_, parts_.recipe, stop_));
      return;
    }
    for (const std::string& engine : parts_.engines) {
      RecipeParts recipe = parts_.recipe;
      recipe.engine_for = [&](const Platform& platform) {
        auto its = parts_.recipe.engine_for(platform);
        return its ? its : std::optional(engine);
      };
      recipes_.push_back(make_recipe(build_, recipe, stop_));
    }
  }

  void look_at(const TagGroup& group) {
    auto destinations = parts_.destinations(group.name);
    std::vector<Tag> tags;
    for (const EarnedTag& tag : group.tags) tags.push_back(tag.tag);
    if (!destinations) {
      for (const Tag& tag : tags)
        found_.push_back({build_.id, group.name, tag, "", State::unknown, destinations.error().text(), {}});
      return;
    }
    for (const Destination& destination : *destinations) {
      auto seen = ask(destination, tags);
      for (size_t i = 0; i < tags.size(); ++i) {
        TagStatus status{build_.id, group.name, tags[i], destination.name, State::unknown, {}, {}};
        if (!seen)
          status.because = seen.error().text();
        else
          compare((*seen)[i], group, group.tags[i], status);
        found_.push_back(std::move(status));
      }
    }
  }

  Result<std::vector<std::optional<Seen>>> ask(const Destination& destination, const std::vector<Tag>& tags) {
    if (auto why = silent_.given_up(destination.name)) return unavailable("{}", *why);
    auto seen = survey(*destination.repository, tags, stop_);
    if (seen)
      silent_.answered(destination.name);
    else
      silent_.failed(destination.name, seen.error());
    return seen;
  }

  void compare(const std::optional<Seen>& seen, const TagGroup& group, const EarnedTag& tag,
               TagStatus& status) {
    const Result<ImageRecipe>& recipe = recipes_.front();
    if (!seen) {
      status.state = State::absent;
      return;
    }
    status.digest = seen->digest;
    if (seen->content.identity.empty()) {
      status.state = State::foreign;
    } else if (!recipe) {
      status.because = recipe.error().text();
    } else if (std::ranges::any_of(recipes_, [&](const Result<ImageRecipe>& one) {
                 return one && seen->content.identity == one->identity(group.platforms).text();
               })) {
      status.state = State::up_to_date;
    } else if (!parts_.allow_older && tag.tag.text() == "latest" && !tag.special &&
               catalogue::would_go_back(seen->content.tag, group.own_tag)) {
      status.state = State::stays;
      status.because = fmt::format("it names {}, which is above {}", seen->content.tag, group.own_tag);
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
  const StatusParts& parts_;
  Silent& silent_;
  std::stop_token stop_;
  std::vector<Result<ImageRecipe>> recipes_;
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
    case State::stays:
      return "stays";
    case State::foreign:
      return "not ours";
    case State::unknown:
      return "could not look";
  }
  return "";
}

bool wants_build(State state) {
  return state != State::up_to_date && state != State::stays && state != State::unknown;
}

Result<std::vector<TagStatus>> look_at_status(const catalogue::BuildPlan& plan, const StatusParts& parts,
                                              std::stop_token stop) {
  Silent silent;
  std::vector<std::vector<TagStatus>> by_build(plan.builds.size());
  Schedule schedule(std::vector<std::vector<size_t>>(plan.builds.size()));
  schedule.run(
      looks_at_once,
      [&](size_t at) {
        by_build[at] = BuildLook(plan.builds[at], parts, silent, stop).look(groups_of(plan, at));
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
