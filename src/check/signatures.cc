#include <algorithm>
#include <map>

#include "check/checks.h"
#include "check/evidence.h"

namespace eulerpublisher {
namespace {

// Id of a key and who is signed with it.
using Signed = std::map<std::string, std::vector<std::string>>;

std::string first_of(const std::vector<std::string>& names) {
  std::string text = for_evidence(names.front());
  if (names.size() > 1) text += fmt::format(" and {} more", names.size() - 1);
  return text;
}

// Whether the key may sign: one that the policy lists, or, where it lists none, one that is imported in the
// database (gpg-pubkey, whose version is the end of the id).
bool may_sign(const std::string& key, const PackageList& packages, const CheckRule& rule) {
  auto ends_alike = [&](std::string_view end) { return !end.empty() && key.ends_with(end); };
  if (!rule.allowed.empty()) return std::ranges::any_of(rule.allowed, ends_alike);
  bool any = false;
  for (const Package& package : packages) {
    any = any || package.is_key();
    if (package.is_key() && ends_alike(package.version)) return true;
  }
  return !any;
}

void look(const CheckedPlatform& one, const Subject& subject, Findings& findings) {
  if (!one.packages) return;
  std::string where = one.platform.text();
  Signed by;
  for (const Package& package : *one.packages)
    if (!package.is_key()) by[package.key].push_back(package.name + "-" + package.full_version());
  for (auto& [key, names] : by) {
    if (key.empty())
      findings.push_back({where, fmt::format("not signed: {}", first_of(names))});
    else if (!may_sign(key, *one.packages, subject.rules.of("signatures")))
      findings.push_back(
          {where, fmt::format("signed with the key {}, which is neither in the image nor in the "
                              "policy: {}",
                              key, first_of(names))});
  }
}

}  // namespace

Check signatures_check() {
  return {
      .name = "signatures",
      .reason = "packages that nobody signed, or a stranger did, came from somewhere else than the release",
      .severity = Severity::warning,
      .needs = Needs::packages,
      .look = on_each_platform(look)};
}

}  // namespace eulerpublisher
