#include "catalogue/latest.h"

#include <algorithm>
#include <set>
#include <tuple>

#include "catalogue/app_version.h"
#include "catalogue/path_parts.h"
#include "policy/tag_parts.h"

namespace eulerpublisher::catalogue {
namespace {

struct Candidate {
  EntryId id;
  std::string tag;
  AppVersion version;
  std::optional<Version> openeuler;
  size_t architectures;
};

Candidate candidate(const Catalogue& catalogue, EntryId id) {
  const Entry& entry = catalogue.entry(id);
  auto folder = path_parts(catalogue.image(id).folder, entry.file);
  auto in_folder = folder ? folder->openeuler : std::nullopt;
  TagParts parts = split_tag(entry.tag, in_folder);
  return {id, entry.tag, AppVersion::read(parts.application), parts.openeuler ? parts.openeuler : in_folder,
          entry.platforms.size()};
}

// Long-term support first, then year and month, then service pack; none of ours is the lowest.
auto weight(const std::optional<Version>& openeuler) {
  if (!openeuler) return std::tuple(-1, 0, 0, 0);
  return std::tuple(openeuler->lts() ? 1 : 0, openeuler->year(), openeuler->month(),
                    openeuler->service_pack());
}

// Which of two has the better claim, and by what.
struct Claim {
  bool first_wins;
  std::string_view by;
};

Claim compare(const Candidate& first, const Candidate& second) {
  auto order = first.version <=> second.version;
  if (order != 0) return {order > 0, AppVersion::difference(first.version, second.version)};
  auto left = weight(first.openeuler);
  auto right = weight(second.openeuler);
  if (left != right) {
    bool by_support = std::get<0>(left) != std::get<0>(right);
    return {left > right, by_support ? "long-term support" : "the later openEuler"};
  }
  if (first.architectures != second.architectures)
    return {first.architectures > second.architectures, "more architectures"};
  return {first.id > second.id, "the later place in meta.yml"};
}

std::vector<std::string> doubts_about(const std::vector<Candidate>& candidates) {
  std::vector<std::string> doubts;
  std::set<AppVersion::Kind> kinds;
  const Candidate* year = nullptr;
  const Candidate* small = nullptr;
  for (const Candidate& candidate : candidates) {
    kinds.insert(candidate.version.kind());
    if (candidate.version.kind() != AppVersion::Kind::number) continue;
    (candidate.version.begins_with_year() ? year : small) = &candidate;
  }
  if (kinds.size() > 1) {
    std::vector<std::string_view> names;
    for (AppVersion::Kind kind : kinds)
      names.push_back(kind == AppVersion::Kind::commit ? "commits"
                      : kind == AppVersion::Kind::date ? "dates"
                                                       : "version numbers");
    doubts.push_back(fmt::format("its tags mix {}", fmt::join(names, " and ")));
  }
  if (year && small)
    doubts.push_back(fmt::format("years stand beside small numbers: {} and {}", year->tag, small->tag));
  return doubts;
}

Latest by_policy(const Catalogue& catalogue, const std::vector<Candidate>& candidates,
                 const std::string& name, const Tag& given) {
  for (const Candidate& candidate : candidates)
    if (candidate.tag == given.text())
      return {
          candidate.id, fmt::format("the policy gives `latest` of {} to {}", name, given.text()), {}, true};
  bool there = catalogue.find(name, given.text()).has_value();
  return {std::nullopt,
          fmt::format("the policy gives `latest` of {} to {}, which {}", name, given.text(),
                      there ? "cannot be published" : "the catalogue does not have"),
          {},
          true};
}

}  // namespace

Latest choose_latest(const Catalogue& catalogue, const Policy& policy, const std::string& name) {
  std::vector<Candidate> candidates;
  for (EntryId id : catalogue.entries_of(name))
    if (catalogue.entry(id).publishable) candidates.push_back(candidate(catalogue, id));
  auto rules = policy.images().find(name);
  if (rules != policy.images().end() && rules->second.latest)
    return by_policy(catalogue, candidates, name, *rules->second.latest);
  if (candidates.empty()) return {std::nullopt, fmt::format("no entry of {} can be published", name), {}};
  std::ranges::sort(candidates,
                    [](const Candidate& a, const Candidate& b) { return compare(a, b).first_wins; });
  const Candidate& winner = candidates.front();
  std::string because = "it is the only tag";
  if (candidates.size() > 1)
    because = fmt::format("it stands above {} by {}, the greatest of {} tags", candidates[1].tag,
                          compare(winner, candidates[1]).by, candidates.size());
  return {winner.id, because, doubts_about(candidates)};
}

bool would_go_back(std::string_view from, std::string_view to) {
  TagParts before = split_tag(from), after = split_tag(to);
  auto order = AppVersion::read(after.application) <=> AppVersion::read(before.application);
  if (order != 0) return order < 0;
  return weight(after.openeuler) < weight(before.openeuler);
}

}  // namespace eulerpublisher::catalogue
