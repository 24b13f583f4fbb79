#include "check/checks.h"
#include "check/comparison.h"
#include "check/evidence.h"

namespace eulerpublisher {
namespace {

Result<Findings> look(const Subject& subject, std::stop_token) {
  Findings findings;
  for (const PlatformComparison& one : subject.comparison->platforms)
    for (const PackageChange& package : one.package_changes)
      if (package.after.empty() && !subject.rules.allows("packages-lost", package.name))
        findings.push_back(
            {one.platform.text(), fmt::format("{}-{} is not there any more", for_evidence(package.name),
                                              for_evidence(package.before))});
  return findings;
}

std::optional<std::string> needless(const Subject& subject) {
  if (auto why = no_comparison(subject)) return why;
  for (const PlatformComparison& one : subject.comparison->platforms)
    if (one.packages_known) return std::nullopt;
  return "it is not known which packages both have";
}

}  // namespace

Check packages_lost_check() {
  return {.name = "packages-lost",
          .reason = "a package that the last release had is missed by whoever builds on it",
          .severity = Severity::warning,
          .needs = Needs::documents,
          .look = look,
          .needless = needless};
}

}  // namespace eulerpublisher
