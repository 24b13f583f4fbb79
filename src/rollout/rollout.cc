#include "rollout/rollout.h"

#include <algorithm>
#include <set>

#include "base/log.h"
#include "catalogue/latest.h"
#include "rollout/lent_image.h"
#include "rollout/looked_layers.h"
#include "rollout/schedule.h"

namespace eulerpublisher::rollout {
namespace {

using catalogue::Build;
using catalogue::BuildPlan;

constexpr size_t threads_beside_builders = 6;  // for looking and sending while others build
constexpr size_t most_threads = 48;

// One build on its way.
class ImageRun {
 public:
  ImageRun(const Build& build, const RolloutTerms& terms, const RolloutParts& parts, LookedLayers& looked,
           bool is_base, std::stop_token stop)
      : build_(build),
        terms_(terms),
        parts_(parts),
        looked_(looked),
        is_base_(is_base),
        stop_(std::move(stop)) {
    outcome_.id = build.id;
  }

  ImageOutcome run(std::vector<TagGroup> groups) {
    Done done = publish(std::move(groups));
    using State = ImageOutcome::State;
    if (!done) {
      outcome_.state = done.error().kind() == ErrorKind::cancelled ? State::stopped
                       : blocked_                                  ? State::refused
                       : build_.distroless                         ? State::skipped
                                                                   : State::failed;
      outcome_.because = done.error().text();
    } else {
      outcome_.state = behind_ ? State::behind : moved_ ? State::published : State::up_to_date;
    }
    return std::move(outcome_);
  }

 private:
  Done publish(std::vector<TagGroup> groups) {
    recipe_ = TRY(make_recipe(build_, parts_.recipe, stop_));
    for (TagGroup& group : groups) TRY(publish_group(std::move(group)));
    return {};
  }

  ReleaseTerms terms_of(const TagGroup& group) const {
    return {group.name + ":" + group.own_tag, group.tags, terms_.allowed, terms_.best_effort,
            terms_.verify_bytes};
  }

  Content wanted(const TagGroup& group) const {
    Content content;
    content.platforms = group.platforms;
    content.tag = group.own_tag;
    if (!terms_.make.rebuild) content.identity = recipe_->identity(group.platforms).text();
    return content;
  }

  Done publish_group(TagGroup group) {
    ReleaseParts release = TRY(parts_.release(group.name));
    Gate gate = parts_.gate ? parts_.gate(build_, group) : Gate{};
    TRY(hold_latest_back(group, release));
    ReleaseTerms terms = terms_of(group);
    std::optional<CompleteImage> image;
    {
      ReleaseRun look(terms, release, gate, stop_);
      TRY(look.look());
      bool to_do = TRY(look.decide(wanted(group), std::nullopt));
      if (!to_do) return tell_bases(group, *look.looks().front().seen.front());
      image = TRY(borrowed(group, look.looks()));
    }
    if (!image) image = TRY(made(group));
    TRY(inspect(*image));
    ReleaseRun run(terms, release, gate, stop_);
    Ended ended = run.end(release_image(run, *image));
    return take_end(group, std::move(ended), *image);
  }

  // `latest` goes nowhere when it names a higher version somewhere, from another catalogue or by hand.
  Done hold_latest_back(TagGroup& group, const ReleaseParts& release) {
    if (terms_.allowed.allow_older || group.tags.back().tag.text() != "latest" || group.tags.back().special)
      return {};
    ReleaseTerms terms = terms_of(group);
    terms.tags = {group.tags.back()};
    ReleaseRun look(terms, release, {}, stop_);
    TRY(look.look());
    for (const ReleaseRun::Look& there : look.looks()) {
      if (there.seen.empty() || !there.seen.front()) continue;
      const std::string& tag = there.seen.front()->content.tag;
      if (tag.empty() || !catalogue::would_go_back(tag, group.own_tag)) continue;
      group.tags.pop_back();
      outcome_.notes.push_back(
          fmt::format("latest stays: it names {} in {}, which is above {}; --allow-older "
                      "lifts this",
                      tag, there.repository->name(), group.own_tag));
      return {};
    }
    return {};
  }

  // The image as one of the destinations has it, under any of its tags.
  Result<std::optional<CompleteImage>> borrowed(const TagGroup& group,
                                                const std::vector<ReleaseRun::Look>& looks) {
    Content content = wanted(group);
    if (content.identity.empty()) return std::nullopt;
    for (const ReleaseRun::Look& look : looks)
      for (const std::optional<Seen>& seen : look.seen) {
        if (!seen || seen->content.identity != content.identity) continue;
        auto image = read_image(look.repository, seen->digest, stop_);
        if (image) return std::move(*image);
        log_warning("{} cannot be taken from {}: {}", build_.id, look.repository->name(),
                    image.error().text());
      }
    return std::nullopt;
  }

  bool is_optional(const std::string& name, const Platform& platform) const {
    auto rules = parts_.recipe.policy.images().find(name);
    if (rules == parts_.recipe.policy.images().end()) return false;
    return std::ranges::any_of(rules->second.optional,
                               [&](const Platform& one) { return same_machine(one, platform); });
  }

  Result<CompleteImage> made(const TagGroup& group) {
    TRY(make_all(group));
    std::vector<MadePlatform> platforms;
    for (const Platform& platform : group.platforms) {
      auto made = made_.find(platform);
      if (made != made_.end()) platforms.push_back(made->second);
    }
    if (platforms.empty()) return unavailable("no platform of it could be built");
    return assemble(std::move(platforms));
  }

  Done make_all(const TagGroup& group) {
    if (!provenance_) provenance_ = TRY(provenance_of(build_, parts_.recipe.catalogue, stop_));
    Guarded<std::map<Platform, MadePlatform>> made;
    Guarded<std::map<Platform, Error>> failed;
    TaskGroup tasks(stop_);
    for (const Platform& platform : group.platforms) {
      if (made_.contains(platform)) continue;
      tasks.add([&](std::stop_token stop) -> Done {
        auto one = parts_.made_elsewhere
                       ? parts_.made_elsewhere(build_, group.name, recipe_->platforms.at(platform), stop)
                       : make_platform(*recipe_, platform, *provenance_, terms_.make, parts_.make, stop);
        if (one) {
          made.lock()->emplace(platform, std::move(*one));
        } else if (!is_optional(group.name, platform) || one.error().kind() == ErrorKind::cancelled) {
          return std::move(one).error();
        } else {
          failed.lock()->emplace(platform, std::move(one).error());
        }
        return {};
      });
    }
    TRY(tasks.wait());
    for (const auto& [platform, error] : *failed.lock())
      outcome_.notes.push_back(fmt::format("{} is optional and missing: {}", platform.text(), error.text()));
    for (auto& [platform, one] : *made.lock()) {
      if (one.was_built) outcome_.built.push_back(platform);
      made_.emplace(platform, std::move(one));
    }
    return {};
  }

  // Before the repositories are locked, for a large base takes its time.
  Done inspect(CompleteImage& image) {
    std::set<Digest> shared;
    for (const auto& [platform, one] : made_) shared.insert(one.of_base.begin(), one.of_base.end());
    if (is_base_)
      for (const auto& [digest, blob] : image.layers) shared.insert(digest);
    return looked_.look(image, shared, stop_);
  }

  Done release_image(ReleaseRun& run, const CompleteImage& image) {
    TRY(run.begin("publish --meta"));
    TRY(run.look());
    if (!TRY(run.decide(image.content, image.index.digest()))) return {};
    Staging staging = run.staging();
    TaskGroup nothing(stop_);
    return run.release(staging, image, nothing);
  }

  Done take_end(const TagGroup& group, Ended ended, const CompleteImage& image) {
    moved_ = moved_ || ended.receipt.result != "nothing to do";
    behind_ = behind_ || ended.behind;
    blocked_ = blocked_ || ended.blocked;
    outcome_.receipts.push_back(std::move(ended.receipt));
    if (ended.error) return std::move(*ended.error);
    return tell_bases(group, {image.index.digest(), {}});
  }

  Done tell_bases(const TagGroup& group, const Seen& seen) {
    for (const EarnedTag& tag : group.tags)
      parts_.make.bases.published(group.name, tag.tag.text(), seen.digest);
    return {};
  }

  const Build& build_;
  const RolloutTerms& terms_;
  const RolloutParts& parts_;
  LookedLayers& looked_;
  bool is_base_;  // other images of this run are built on it
  std::stop_token stop_;
  ImageOutcome outcome_;
  std::optional<ImageRecipe> recipe_;
  std::optional<Provenance> provenance_;
  std::map<Platform, MadePlatform> made_;
  bool moved_ = false;
  bool behind_ = false;
  bool blocked_ = false;
};

std::vector<Platform> platforms_of(const BuildPlan& plan) {
  std::vector<Platform> all;
  for (const Build& build : plan.builds)
    for (const Platform& platform : build.platforms)
      if (std::ranges::find(all, platform) == all.end()) all.push_back(platform);
  return all;
}

}  // namespace

std::string_view name_of(ImageOutcome::State state) {
  using State = ImageOutcome::State;
  switch (state) {
    case State::published:
      return "published";
    case State::up_to_date:
      return "up to date";
    case State::behind:
      return "behind";
    case State::skipped:
      return "skipped";
    case State::stopped:
      return "stopped";
    case State::refused:
      return "refused";
    case State::failed:
      return "failed";
  }
  return "";
}

std::vector<TagGroup> groups_of(const BuildPlan& plan, size_t build) {
  std::vector<TagGroup> groups;
  for (const catalogue::TagMove& move : plan.moves) {
    if (move.build != build) continue;
    auto group = std::ranges::find_if(groups, [&](const TagGroup& other) {
      return other.name == move.name && other.platforms == move.platforms;
    });
    if (group == groups.end()) {
      groups.push_back({move.name, move.platforms, {}, move.tag.text()});
      group = std::prev(groups.end());
    }
    if (move.tag.text() != "latest" && catalogue::would_go_back(move.tag.text(), group->own_tag))
      group->own_tag = move.tag.text();
    bool by_policy = move.tag.text() == "latest" && plan.latest.at(move.name).by_policy;
    group->tags.push_back({move.tag, by_policy, move.because});
  }
  return groups;
}

std::vector<ImageOutcome> roll_out(const BuildPlan& plan, const RolloutTerms& terms,
                                   const RolloutParts& parts, std::stop_token stop) {
  std::vector<std::vector<size_t>> needs;
  for (const Build& build : plan.builds) needs.push_back(build.needs);
  std::vector<ImageOutcome> outcomes(plan.builds.size());
  LookedLayers looked;
  std::set<size_t> are_bases;
  for (const Build& build : plan.builds) are_bases.insert(build.needs.begin(), build.needs.end());
  auto work = [&](size_t at) {
    outcomes[at] = ImageRun(plan.builds[at], terms, parts, looked, are_bases.contains(at), stop)
                       .run(groups_of(plan, at));
    using State = ImageOutcome::State;
    State state = outcomes[at].state;
    if (state != State::up_to_date)
      log_info("{}: {}{}{}", outcomes[at].id, name_of(state), outcomes[at].because.empty() ? "" : ": ",
               outcomes[at].because);
    return state == State::published || state == State::up_to_date || state == State::behind;
  };
  Schedule schedule(std::move(needs));
  size_t threads = parts.make.builders.seats(platforms_of(plan)) + threads_beside_builders;
  schedule.run(std::min(threads, most_threads), work, stop);
  for (size_t at = 0; at < outcomes.size(); ++at) {
    if (schedule.begun(at)) continue;
    outcomes[at].id = plan.builds[at].id;
    auto base = schedule.left_for(at);
    if (base) {
      outcomes[at].because = fmt::format("it is built on {}, which is {}", plan.builds[*base].id,
                                         name_of(outcomes[*base].state));
    } else {
      outcomes[at].state = ImageOutcome::State::stopped;
    }
  }
  return outcomes;
}

}  // namespace eulerpublisher::rollout
