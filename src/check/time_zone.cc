#include <algorithm>
#include <array>

#include "check/checks.h"
#include "check/evidence.h"

namespace eulerpublisher {
namespace {

bool is_zone_of_utc(std::string_view path) {
  static constexpr std::array<std::string_view, 8> names{"UTC",     "UCT",     "Zulu",     "Universal",
                                                         "Etc/UTC", "Etc/UCT", "Etc/Zulu", "Etc/Universal"};
  constexpr std::string_view zones = "usr/share/zoneinfo/";
  return path.starts_with(zones) && std::ranges::find(names, path.substr(zones.size())) != names.end();
}

// tzfile(5): the rule for the time to come stands between the last two newlines.
bool has_rule_of_utc(std::string_view zone) {
  return zone.starts_with("TZif") && (zone.ends_with("\nUTC0\n") || zone.ends_with("\n<UTC>0\n"));
}

void look(const CheckedPlatform& one, const Subject&, Findings& findings) {
  const FileFact* file = one.root->at("etc/localtime");
  if (!file) return;  // without one it is UTC
  if (file->content() && has_rule_of_utc(*file->content())) return;
  std::optional<std::string> target = one.root->resolve("etc/localtime");
  if (target && is_zone_of_utc(*target)) return;
  bool link = file->type == TarEntry::Type::symbolic_link;
  findings.push_back({one.platform.text(), link ? "/etc/localtime points to " + for_evidence(file->link)
                                                : std::string("/etc/localtime is not the zone of UTC")});
}

std::optional<std::string> needless(const Subject& subject) {
  if (!subject.expected.utc) return "no time zone is expected";
  if (!*subject.expected.utc) return "the policy leaves the time zone as it is";
  return std::nullopt;
}

}  // namespace

Check time_zone_check() {
  return {.name = "time-zone",
          .reason = "containers run all over the world: their clocks show UTC",
          .severity = Severity::warning,
          .needs = Needs::layers,
          .look = on_each_platform(look),
          .needless = needless};
}

}  // namespace eulerpublisher
