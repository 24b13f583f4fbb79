#include <algorithm>
#include <set>

#include "check/checks.h"
#include "check/comparison.h"

namespace eulerpublisher {
namespace {

Result<Findings> look(const Subject& subject, std::stop_token) {
  Findings findings;
  std::set<Platform> there;
  for (const CheckedPlatform& one : subject.image.platforms)
    if (!there.insert(one.platform).second)
      findings.push_back({one.platform.text(), "stands twice in the index"});
  for (const Platform& required : subject.expected.required)
    if (std::ranges::none_of(there, [&](const Platform& one) { return same_machine(one, required); }))
      findings.push_back({required.text(), "is missing"});
  if (subject.comparison && !subject.expected.fewer_platforms)
    for (const Platform& lost : subject.comparison->lost)
      if (std::ranges::none_of(findings, [&](const Finding& one) { return one.where == lost.text(); }))
        findings.push_back({lost.text(), "was in the image that this one replaces, and is missing"});
  return findings;
}

}  // namespace

Check platforms_check() {
  return {.name = "platforms",
          .reason = "an index that lost an architecture is an outage on every machine of that kind",
          .severity = Severity::blocker,
          .look = look};
}

}  // namespace eulerpublisher
