#include "sync/decide.h"

#include <algorithm>

#include "base/duration.h"

namespace eulerpublisher::sync {
namespace {

std::string listed(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : ", ") + word;
  return text;
}

// Which archives, made into what: the same text means that trying again is a repetition.
std::string what_of(const ReleaseIndex& index, const Release& release, const std::string& recipe) {
  std::string text = index.text() + " " + recipe;
  for (const Archive& archive : release.archives)
    text += fmt::format(" {}={}", archive.platform.text(), archive.checksum.hex());
  return text;
}

const Attempt* attempt_of(const Attempts& attempts, const std::string& key) {
  auto found = attempts.find(key);
  return found == attempts.end() ? nullptr : &found->second;
}

bool refuses(const Plan& plan, const Tag& tag) {
  return std::ranges::any_of(plan.refused, [&](const Refusal& refusal) { return refusal.tag == tag; });
}

// Decides about one version.
class VersionDecision {
 public:
  VersionDecision(const VersionView& view, const Attempts& attempts, const NotYetSince& since, Instant now,
                  const SyncRules& rules, Decision& decision)
      : view_(view), attempts_(attempts), since_(since), now_(now), rules_(rules), decision_(decision) {}

  void decide() {
    if (view_.offer.problem) remark(Remark::Kind::problem, view_.offer.problem->text());
    remark_on_incomplete();
    for (const Held& held : view_.held) plans_.push_back(plan_for(held));
    std::vector<Agreement>& agreements = decision_.agreement[view_.version];
    for (size_t i = 0; i < view_.held.size(); ++i)
      agreements.push_back(agreement_of(view_.held[i], plans_[i]));
    if (view_.offer.absent()) return;
    if (!view_.in_policy)
      remark(Remark::Kind::unknown_version,
             "is not in the policy: it gets its own tag; special tags are for people to give");
    for (const DatedUpdate& update : view_.dated) take(task_for(update));
    if (view_.content && view_.offer.newest) decide_newest();
  }

 private:
  void remark(Remark::Kind kind, std::string text) {
    decision_.remarks.push_back({kind, view_.version, std::move(text)});
  }

  void remark_on_incomplete() {
    for (const NotYet& one : view_.offer.not_yet) {
      auto seen = since_.find(key_of(view_.version, one.index));
      auto age = seen == since_.end() ? Instant::duration(0) : now_ - seen->second;
      if (age > rules_.not_yet_limit)
        remark(Remark::Kind::overdue,
               fmt::format("{} has not been whole for more than {}: {}", one.index.text(),
                           text_of(rules_.not_yet_limit), one.because));
      else
        remark(Remark::Kind::not_yet, fmt::format("{} is not whole yet: {}", one.index.text(), one.because));
    }
  }

  Plan plan_for(const Held& held) const {
    if (!view_.content || !held.problem.empty()) return {held.registry, {}, {}, {}};
    std::vector<Wanted> wanted;
    for (const EarnedTag& tag : view_.tags)
      wanted.push_back({tag.tag, tag.because, std::nullopt, *view_.content, tag.fixed});
    return make_plan(held.registry, wanted, held.seen, {});
  }

  Agreement agreement_of(const Held& held, const Plan& plan) const {
    if (!held.problem.empty() || held.seen.empty()) return Agreement::unknown;
    if (!held.seen.front()) return Agreement::absent;
    if (held.seen.front()->content.version != view_.version) return Agreement::different;
    if (!view_.content) return Agreement::unknown;
    if (refuses(plan, view_.tags.front().tag)) return Agreement::different;
    return plan.moves.empty() && plan.refused.empty() ? Agreement::agreed : Agreement::behind;
  }

  void decide_newest() {
    const Offered& newest = *view_.offer.newest;
    Task task{view_.version,
              newest.index,
              {},
              {},
              {},
              {},
              view_.version.text(),
              what_of(newest.index, newest.release, view_.content->recipe),
              view_.state};
    std::vector<Tag> refused;
    for (size_t i = 0; i < view_.held.size(); ++i) {
      if (!view_.held[i].problem.empty()) continue;
      for (const Refusal& refusal : plans_[i].refused)
        remark(Remark::Kind::held_back, fmt::format("{}: {}", view_.held[i].registry, refusal.because));
      // Where the version's own tag stays, so do the others.
      if (refuses(plans_[i], view_.tags.front().tag)) continue;
      for (const Refusal& refusal : plans_[i].refused) refused.push_back(refusal.tag);
      task.destinations.push_back(view_.held[i].registry);
    }
    for (const EarnedTag& tag : view_.tags)
      if (std::ranges::find(refused, tag.tag) == refused.end()) task.tags.push_back(tag);
    for (size_t i = 0; i < view_.held.size(); ++i) {
      if (std::ranges::find(task.destinations, view_.held[i].registry) == task.destinations.end()) continue;
      auto move = std::ranges::find_if(plans_[i].moves, [&](const Move& one) {
        return std::ranges::find(task.tags, one.tag, &EarnedTag::tag) != task.tags.end();
      });
      if (move == plans_[i].moves.end()) continue;
      if (task.because.empty()) task.because = move->because;
      task.registries.push_back(view_.held[i].registry);
    }
    if (!task.registries.empty()) take(std::move(task));
  }

  Task task_for(const DatedUpdate& update) const {
    std::string key = key_of(view_.version, update.offered.index);
    return {view_.version,
            update.offered.index,
            {update.tag},
            update.registries,
            update.registries,
            update.tag.because,
            key,
            what_of(update.offered.index, update.offered.release, {}),
            {}};
  }

  void take(Task task) {
    const Attempt* before = attempt_of(attempts_, task.key);
    switch (may_try(before, task.what, task.state, now_)) {
      case May::now:
        decision_.tasks.push_back(std::move(task));
        return;
      case May::later:
        remark(before->not_yet && now_ - before->since <= rules_.not_yet_limit ? Remark::Kind::not_yet
                                                                               : Remark::Kind::later,
               fmt::format("{} failed {} times, the next try is at {}: {}", listed(task.registries),
                           before->failures, rfc3339(before->next), before->error));
        return;
      case May::given_up:
        remark(Remark::Kind::given_up,
               fmt::format("given up after {} failures; it is tried again when its archives change, or by "
                           "`container publish`: {}",
                           before->failures, before->error));
        return;
    }
  }

  const VersionView& view_;
  const Attempts& attempts_;
  const NotYetSince& since_;
  Instant now_;
  const SyncRules& rules_;
  Decision& decision_;
  std::vector<Plan> plans_;
};

}  // namespace

std::string_view name_of(Agreement agreement) {
  switch (agreement) {
    case Agreement::agreed:
      return "agreed";
    case Agreement::behind:
      return "behind";
    case Agreement::different:
      return "different";
    case Agreement::absent:
      return "absent";
    case Agreement::unknown:
      break;
  }
  return "unknown";
}

std::string_view name_of(Remark::Kind kind) {
  switch (kind) {
    case Remark::Kind::not_yet:
      return "not yet";
    case Remark::Kind::overdue:
      return "overdue";
    case Remark::Kind::unknown_version:
      return "unknown version";
    case Remark::Kind::held_back:
      return "held back";
    case Remark::Kind::later:
      return "later";
    case Remark::Kind::given_up:
      return "given up";
    case Remark::Kind::problem:
      break;
  }
  return "problem";
}

std::string key_of(const Version& version, const ReleaseIndex& index) {
  return version.text() + " " + index.text();
}

Decision decide(const std::vector<VersionView>& views, const Attempts& attempts, const NotYetSince& since,
                Instant now, const SyncRules& rules) {
  Decision decision;
  for (const VersionView& view : views) VersionDecision(view, attempts, since, now, rules, decision).decide();
  // `docker_img` sorts before all its updates.
  std::ranges::stable_sort(decision.tasks, [](const Task& left, const Task& right) {
    return std::pair(left.index.date(), left.version) < std::pair(right.index.date(), right.version);
  });
  return decision;
}

}  // namespace eulerpublisher::sync
