#include <unordered_set>

#include "check/checks.h"
#include "check/evidence.h"

namespace eulerpublisher {
namespace {

// A folder may be told of twice; a file that is has two contents, and unpackers differ in which one stays.
void look(const CheckedPlatform& one, const Subject& subject, Findings& findings) {
  for (size_t i = 0; i < one.layers.size(); ++i) {
    const std::vector<FileFact>& files = one.layers[i].report->files;
    std::unordered_set<std::string_view> seen(files.size() * 2);
    for (const FileFact& file : files) {
      if (seen.insert(file.name).second || file.type == TarEntry::Type::folder) continue;
      if (subject.rules.allows("duplicates", "/" + file.name)) continue;
      findings.push_back({one.platform.text(), fmt::format("layer {}: /{} stands in it more than once", i + 1,
                                                           for_evidence(file.name))});
    }
  }
}

}  // namespace

Check duplicates_check() {
  return {.name = "duplicates",
          .reason = "unpackers differ in which of two entries of one name stays",
          .severity = Severity::warning,
          .needs = Needs::layers,
          .look = on_each_platform(look)};
}

}  // namespace eulerpublisher
