#include "check/checks.h"
#include "check/evidence.h"

namespace eulerpublisher {
namespace {

void look(const CheckedPlatform& one, const Subject&, Findings& findings) {
  for (auto& [name, file] : one.root->files())
    if (!is_utf8(name))
      findings.push_back({one.platform.text(), fmt::format("the name /{} is not UTF-8", for_evidence(name))});
}

}  // namespace

Check file_names_check() {
  return {.name = "file-names",
          .reason = "tools that take names for text stumble over those that are not UTF-8",
          .severity = Severity::warning,
          .needs = Needs::layers,
          .look = on_each_platform(look)};
}

}  // namespace eulerpublisher
