#include "check/checks.h"
#include "check/evidence.h"

namespace eulerpublisher {
namespace {

bool fits(std::string_view architecture, const Platform& platform) {
  if (architecture == "noarch" || architecture.empty() || architecture == "(none)") return true;
  if (architecture == platform.machine()) return true;
  // What rpm calls programs of 32 bits that run there, too.
  bool of_32_bits = architecture.size() == 4 && architecture[0] == 'i' && architecture.ends_with("86");
  return platform.architecture == "amd64" && of_32_bits;
}

void look(const CheckedPlatform& one, const Subject&, Findings& findings) {
  if (!one.packages) return;
  for (const Package& package : *one.packages)
    if (!package.is_key() && !fits(package.architecture, one.platform))
      findings.push_back(
          {one.platform.text(),
           fmt::format("{}-{} is a package for {}", for_evidence(package.name),
                       for_evidence(package.full_version()), for_evidence(package.architecture))});
}

}  // namespace

Check package_architectures_check() {
  return {.name = "package-architectures",
          .reason = "packages of another processor do not run, and updates would bring more of them",
          .severity = Severity::blocker,
          .needs = Needs::packages,
          .look = on_each_platform(look)};
}

}  // namespace eulerpublisher
