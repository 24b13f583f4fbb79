#include "policy/plan.h"

#include <algorithm>

#include "base/clock.h"

namespace eulerpublisher {
namespace {

bool is_among(const std::vector<Platform>& platforms, const Platform& platform) {
  return std::ranges::any_of(platforms, [&](const Platform& other) { return same_machine(other, platform); });
}

// Those of `platforms` that `others` lacks.
std::vector<Platform> lacking(const std::vector<Platform>& platforms, const std::vector<Platform>& others) {
  std::vector<Platform> missing;
  for (const Platform& platform : platforms)
    if (platform.architecture != "unknown" && !is_among(others, platform)) missing.push_back(platform);
  return missing;
}

const Digest* archive_of(const Content& content, const Platform& platform) {
  for (const auto& [other, digest] : content.archives)
    if (same_machine(other, platform)) return &digest;
  return nullptr;
}

// Whether every platform of the one has the same archive in the other.
bool has_archives_of(const Content& left, const Content& right) {
  return std::ranges::all_of(left.platforms, [&](const Platform& platform) {
    const Digest* ours = archive_of(left, platform);
    const Digest* theirs = archive_of(right, platform);
    return ours && theirs && *ours == *theirs;
  });
}

bool is_same_content(const Content& left, const Content& right) {
  if (!left.identity.empty() || !right.identity.empty())
    return left.identity == right.identity && lacking(left.platforms, right.platforms).empty() &&
           lacking(right.platforms, left.platforms).empty();
  return !left.platforms.empty() && !left.recipe.empty() && left.recipe == right.recipe &&
         left.version == right.version && lacking(left.platforms, right.platforms).empty() &&
         lacking(right.platforms, left.platforms).empty() && has_archives_of(left, right);
}

bool is_up_to_date(const Wanted& wanted, const Seen& seen) {
  return wanted.fixed || (wanted.digest && *wanted.digest == seen.digest) ||
         is_same_content(wanted.content, seen.content);
}

// How old one image is beside another of the same version.
enum class Age { older, same, newer, unknown };

struct Comparison {
  Age age = Age::unknown;
  std::string wanted;  // the dates it rests on, for people
  std::string seen;
};

Comparison compare_age(const Content& wanted, const Content& seen) {
  auto wanted_created = parse_rfc3339(wanted.created);
  auto seen_created = parse_rfc3339(seen.created);
  if (wanted_created && seen_created) {
    Age age = *wanted_created < *seen_created   ? Age::older
              : *wanted_created > *seen_created ? Age::newer
                                                : Age::same;
    std::string wanted_text = rfc3339(*wanted_created);
    std::string seen_text = rfc3339(*seen_created);
    bool days_tell = wanted_text.substr(0, 10) != seen_text.substr(0, 10);
    size_t shown = days_tell ? 10 : std::string::npos;
    return {age, wanted_text.substr(0, shown), seen_text.substr(0, shown)};
  }
  if (!wanted.update_date.empty() && !seen.update_date.empty()) {
    Age age = wanted.update_date < seen.update_date   ? Age::older
              : wanted.update_date > seen.update_date ? Age::newer
                                                      : Age::same;
    return {age, wanted.update_date, seen.update_date};
  }
  if (wanted.first_release && !seen.update_date.empty())
    return {Age::older, "the first release", seen.update_date};
  if (seen.first_release && !wanted.update_date.empty())
    return {Age::newer, wanted.update_date, "the first release"};
  return {};
}

// What stands against moving the tag; empty when nothing does.
std::string objection(const Wanted& wanted, const Seen& seen, const PlanOptions& options) {
  std::string text;
  const auto& ours = wanted.content.version;
  const auto& theirs = seen.content.version;
  if (!options.allow_older && ours && theirs && *ours < *theirs)
    text = fmt::format("{} names {}, a higher version than {}; --allow-older lifts this", wanted.tag.text(),
                       theirs->text(), ours->text());
  if (!options.allow_older && ours && theirs && *ours == *theirs) {
    Comparison dates = compare_age(wanted.content, seen.content);
    if (dates.age == Age::older)
      text = fmt::format("{} names an image of {}, newer than {}; --allow-older lifts this",
                         wanted.tag.text(), dates.seen, dates.wanted);
  }
  auto lost = lacking(seen.content.platforms, wanted.content.platforms);
  if (!options.allow_fewer_platforms && !lost.empty())
    text += fmt::format("{}{} has {}, which would be lost; --allow-fewer-platforms lifts this",
                        text.empty() ? "" : "; ", wanted.tag.text(), list_of(lost));
  return text;
}

// What the move replaces, for people.
std::string replacement(const Content& wanted, const Content& seen) {
  if (!wanted.version) {
    if (seen.identity.empty() || wanted.identity.empty()) return "replaces another image";
    return wanted.identity == seen.identity ? "replaces an image made from the same"
                                            : "replaces an image made from something else";
  }
  if (!seen.version) return "replaces an image without our annotations, whose age cannot be told";
  if (*seen.version != *wanted.version) return fmt::format("replaces {}", seen.version->text());
  auto added = lacking(wanted.platforms, seen.platforms);
  Comparison dates = compare_age(wanted, seen);
  if (dates.age == Age::newer || dates.age == Age::older)
    return fmt::format("replaces the image of {} by that of {}", dates.seen, dates.wanted);
  if (!added.empty()) return fmt::format("adds {}", list_of(added));
  if (has_archives_of(wanted, seen) && wanted.recipe != seen.recipe)
    return "replaces an image of the same archives, made by another recipe";
  if (dates.age == Age::same) return fmt::format("replaces another image of {}", dates.seen);
  return "replaces another image of this version; which is newer is known when the archives have been read";
}

}  // namespace

Plan make_plan(const std::string& repository, const std::vector<Wanted>& wanted,
               const std::vector<std::optional<Seen>>& seen, const PlanOptions& options) {
  Plan plan{repository, {}, {}, {}};
  for (size_t i = 0; i < wanted.size(); ++i) {
    const Wanted& want = wanted[i];
    if (i >= seen.size()) {
      plan.refused.push_back(
          {want.tag, fmt::format("nobody has looked what {} names today", want.tag.text())});
      continue;
    }
    if (!seen[i]) {
      plan.moves.push_back({want.tag, std::nullopt, want.digest, want.because + "; the tag is new"});
      continue;
    }
    if (is_up_to_date(want, *seen[i])) {
      plan.up_to_date.push_back(want.tag);
      continue;
    }
    std::string against = objection(want, *seen[i], options);
    if (!against.empty()) {
      plan.refused.push_back({want.tag, against});
      continue;
    }
    plan.moves.push_back({want.tag, seen[i]->digest, want.digest,
                          want.because + "; " + replacement(want.content, seen[i]->content)});
  }
  return plan;
}

}  // namespace eulerpublisher
