#include <algorithm>

#include "check/checks.h"
#include "check/evidence.h"

namespace eulerpublisher {
namespace {

bool is_there(const PackageList& packages, std::string_view name) {
  return std::ranges::find(packages, name, &Package::name) != packages.end();
}

// One entry of the list: a package, or several of which one is enough, `yum|dnf`.
bool is_any_there(const PackageList& packages, std::string_view entry) {
  while (true) {
    size_t end = entry.find('|');
    if (is_there(packages, entry.substr(0, end))) return true;
    if (end == entry.npos) return false;
    entry.remove_prefix(end + 1);
  }
}

// `openEuler-release-24.03LTS_SP1-55.oe2403sp1`: its version spells the release without the dash.
bool is_release_of(const Package& package, const Version& version) {
  std::string spelled;
  for (char c : version.text()) spelled += c == '-' ? '_' : c;
  auto plain = [](std::string_view text) {
    std::string kept;
    for (char c : text)
      if (std::isalnum(static_cast<unsigned char>(c)) || c == '.') kept += static_cast<char>(std::toupper(c));
    return kept;
  };
  return plain(package.version) == plain(spelled);
}

void look(const CheckedPlatform& one, const Subject& subject, Findings& findings) {
  if (!one.packages) return;
  std::string where = one.platform.text();
  for (const std::string& entry : subject.rules.of("packages").expected)
    if (!is_any_there(*one.packages, entry))
      findings.push_back({where, fmt::format("the package {} is not installed", entry)});
  for (const Package& package : *one.packages)
    if (package.name == "openEuler-release" && !is_release_of(package, *subject.expected.version))
      findings.push_back(
          {where, fmt::format("{} is {}, which is not of {}", package.name,
                              for_evidence(package.full_version()), subject.expected.version->text())});
}

std::optional<std::string> needless(const Subject& subject) {
  if (!subject.expected.version) return "no version is expected, and so no base set of packages";
  return std::nullopt;
}

}  // namespace

Check packages_check() {
  return {
      .name = "packages",
      .reason = "a base image without its base set is none, and its release package says which release it is",
      .severity = Severity::warning,
      .needs = Needs::packages,
      .look = on_each_platform(look),
      .needless = needless};
}

}  // namespace eulerpublisher
