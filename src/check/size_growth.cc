#include <algorithm>

#include "check/checks.h"
#include "check/comparison.h"
#include "check/evidence.h"

namespace eulerpublisher {
namespace {

constexpr size_t folders_shown = 3;

// `most of it in /usr/lib64 (3.1 MiB more), /opt (1.0 MiB more)`
std::string what_grew(const PlatformComparison& one) {
  std::string text;
  size_t shown = 0;
  for (const FolderChange& folder : one.folders) {
    if (folder.bytes.after <= folder.bytes.before) continue;
    if (shown++ == folders_shown) break;
    text += fmt::format("{}/{} ({} more)", text.empty() ? ", most of it in " : ", ",
                        for_evidence(folder.folder == "/" ? "" : folder.folder),
                        size_text(folder.bytes.after - folder.bytes.before));
  }
  return text;
}

void look_at(const PlatformComparison& one, double limit, Findings& findings) {
  auto grew = [&](const Amount& amount) { return amount.growth().value_or(0) > limit; };
  auto percent = [](const Amount& amount) { return amount.growth().value_or(0) * 100; };
  std::string where = one.platform.text();
  if (grew(one.layer_bytes))
    findings.push_back({where, fmt::format("its layers grew by {:.0f}%, from {} to {}{}",
                                           percent(one.layer_bytes), size_text(one.layer_bytes.before),
                                           size_text(one.layer_bytes.after), what_grew(one))});
  if (one.contents_known && grew(one.files))
    findings.push_back({where, fmt::format("it has {:.0f}% more files: {} instead of {}", percent(one.files),
                                           one.files.after, one.files.before)});
}

Result<Findings> look(const Subject& subject, std::stop_token) {
  Findings findings;
  double limit = subject.rules.of("size-growth").limit.value_or(0.25);
  for (const PlatformComparison& one : subject.comparison->platforms) look_at(one, limit, findings);
  return findings;
}

}  // namespace

Check size_growth_check() {
  return {.name = "size-growth",
          .reason = "what suddenly is a quarter larger than the last release has something in it by mistake",
          .severity = Severity::warning,
          .needs = Needs::documents,
          .look = look,
          .needless = no_comparison};
}

}  // namespace eulerpublisher
