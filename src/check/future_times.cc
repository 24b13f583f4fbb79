#include "check/checks.h"
#include "check/evidence.h"

namespace eulerpublisher {
namespace {

constexpr int64_t day = 24 * 60 * 60;  // clocks differ, and time zones are forgotten

constexpr int64_t last_of_four_digits = 253402300799;

std::string date_of(int64_t seconds) {
  if (seconds > last_of_four_digits) return "after the year 9999";
  return rfc3339(Instant(std::chrono::seconds(seconds)));
}

void look(const CheckedPlatform& one, const Subject& subject, Findings& findings) {
  int64_t latest =
      std::chrono::duration_cast<std::chrono::seconds>(subject.now.time_since_epoch()).count() + day;
  for (auto& [name, file] : one.root->files()) {
    if (file->seconds <= latest || subject.rules.allows("future-times", "/" + std::string(name))) continue;
    findings.push_back({one.platform.text(), fmt::format("/{} was changed in the future: {}",
                                                         for_evidence(name), date_of(file->seconds))});
  }
}

}  // namespace

Check future_times_check() {
  return {.name = "future-times",
          .reason = "make, caches and backups go wrong over files from tomorrow",
          .severity = Severity::warning,
          .needs = Needs::layers,
          .look = on_each_platform(look)};
}

}  // namespace eulerpublisher
