#include "check/checks.h"

namespace eulerpublisher {
namespace {

Result<Findings> look(const Subject& subject, std::stop_token stop) {
  Findings findings;
  for (const CheckedPlatform& one : subject.image.platforms) {
    std::vector<Descriptor> blobs = one.content->layers;
    blobs.push_back(one.content->config);
    for (const Descriptor& blob : blobs) {
      auto size = TRY(subject.reader.has_blob(blob.digest, stop));
      if (!size) {
        findings.push_back({one.platform.text(), fmt::format("{} is missing", blob.digest.text())});
      } else if (*size != blob.size) {
        findings.push_back({one.platform.text(), fmt::format("{} has {} bytes, its manifest says {}",
                                                             blob.digest.text(), *size, blob.size)});
      }
    }
  }
  return findings;
}

}  // namespace

Check blobs_check() {
  return {.name = "blobs",
          .reason = "an image whose layer is missing or cut cannot be pulled",
          .severity = Severity::blocker,
          .look = look};
}

}  // namespace eulerpublisher
