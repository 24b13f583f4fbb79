#include "check/checks.h"

namespace eulerpublisher {
namespace {

Result<Findings> look(const Subject& subject, std::stop_token stop) {
  Findings findings;
  for (const Tag& tag : subject.expected.tags) {
    auto found = TRY(subject.reader.find(tag, stop));
    if (!found) {
      findings.push_back({tag.text(), "does not exist"});
    } else if (found->digest != subject.image.top.digest) {
      findings.push_back({tag.text(), fmt::format("names {}, not {}", found->digest.text(),
                                                  subject.image.top.digest.text())});
    }
  }
  return findings;
}

std::optional<std::string> needless(const Subject& subject) {
  if (subject.expected.tags.empty()) return "no tags are expected to name it yet";
  return std::nullopt;
}

}  // namespace

Check tags_check() {
  return {.name = "tags",
          .reason = "people pull by tag: each one the version earns must name this image",
          .severity = Severity::blocker,
          .look = look,
          .needless = needless};
}

}  // namespace eulerpublisher
