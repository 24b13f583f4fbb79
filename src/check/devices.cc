#include "check/checks.h"
#include "check/evidence.h"

namespace eulerpublisher {
namespace {

using Type = TarEntry::Type;

void look(const CheckedPlatform& one, const Subject& subject, Findings& findings) {
  for (auto& [name, file] : one.root->files()) {
    bool device = file->type == Type::character_device || file->type == Type::block_device;
    if (!device || subject.rules.allows("devices", "/" + std::string(name))) continue;
    findings.push_back(
        {one.platform.text(), fmt::format("/{} is a {} device", for_evidence(name),
                                          file->type == Type::block_device ? "block" : "character")});
  }
}

}  // namespace

Check devices_check() {
  return {.name = "devices",
          .reason = "engines bring the devices a container may use; others reach into the host",
          .severity = Severity::blocker,
          .needs = Needs::layers,
          .look = on_each_platform(look)};
}

}  // namespace eulerpublisher
