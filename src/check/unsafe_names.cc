#include "check/checks.h"
#include "check/evidence.h"

namespace eulerpublisher {
namespace {

void look(const CheckedPlatform& one, const Subject&, Findings& findings) {
  for (size_t i = 0; i < one.layers.size(); ++i)
    for (const std::string& name : one.layers[i].report->unsafe_names)
      findings.push_back({one.platform.text(), fmt::format("layer {}: the entry '{}' leads out of the root",
                                                           i + 1, for_evidence(name))});
}

}  // namespace

Check unsafe_names_check() {
  return {
      .name = "unsafe-names",
      .reason = "an absolute name or one with `..` is written outside the container by a careless unpacker",
      .severity = Severity::blocker,
      .needs = Needs::layers,
      .look = on_each_platform(look)};
}

}  // namespace eulerpublisher
