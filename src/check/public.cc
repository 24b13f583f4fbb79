#include "check/checks.h"

namespace eulerpublisher {
namespace {

Result<Findings> look(const Subject& subject, std::stop_token) {
  if (!*subject.expected.hidden) return Findings{};
  return Findings{{"", "the repository can be read with our credentials only: make it public"}};
}

std::optional<std::string> needless(const Subject& subject) {
  if (!subject.expected.hidden) return "it has not been published yet";
  return std::nullopt;
}

}  // namespace

Check in_public_check() {
  return {.name = "public",
          .reason = "what only we can read is of no use to anybody else",
          .severity = Severity::warning,
          .look = look,
          .needless = needless};
}

}  // namespace eulerpublisher
