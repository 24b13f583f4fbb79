#include "check/checks.h"

namespace eulerpublisher {
namespace {

// By its bytes, for all that were read.
Result<Findings> look(const Subject& subject, std::stop_token) {
  Findings findings;
  for (const CheckedPlatform& one : subject.image.platforms) {
    std::string where = one.platform.text();
    if (!one.unreadable.empty()) findings.push_back({where, one.unreadable});
    const auto& stated = one.content->layers;
    const auto& diff_ids = one.config->diff_ids;
    for (size_t i = 0; i < one.layers.size(); ++i) {
      const InspectedLayer& read = one.layers[i];
      if (read.digest != stated[i].digest)
        findings.push_back({where, fmt::format("layer {} is {}, its manifest says {}", i + 1,
                                               read.digest.text(), stated[i].digest.text())});
      if (read.size != stated[i].size)
        findings.push_back({where, fmt::format("layer {} has {} bytes, its manifest says {}", i + 1,
                                               read.size, stated[i].size)});
      if (i < diff_ids.size() && read.diff_id != diff_ids[i])
        findings.push_back({where, fmt::format("layer {} unpacks to {}, the configuration says {}", i + 1,
                                               read.diff_id.text(), diff_ids[i].text())});
    }
  }
  return findings;
}

std::optional<std::string> needless(const Subject& subject) {
  for (const CheckedPlatform& one : subject.image.platforms)
    if (!one.root && one.unreadable.empty()) return "the layers were not read";
  return std::nullopt;
}

}  // namespace

Check layers_check() {
  return {.name = "layers",
          .reason = "an engine refuses a layer that does not unpack to what the configuration says",
          .severity = Severity::blocker,
          .look = look,
          .needless = needless};
}

}  // namespace eulerpublisher
