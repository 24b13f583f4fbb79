#include "check/checks.h"
#include "check/evidence.h"

namespace eulerpublisher {
namespace {

using Type = TarEntry::Type;

constexpr uint32_t by_all = 0002, sticky = 01000;

void look(const CheckedPlatform& one, const Subject& subject, Findings& findings) {
  for (auto& [name, file] : one.root->files()) {
    bool folder = file->type == Type::folder;
    bool open = (file->mode & by_all) && (folder ? !(file->mode & sticky) : file->type == Type::file);
    if (!open || subject.rules.allows("world-writable", "/" + std::string(name))) continue;
    findings.push_back(
        {one.platform.text(), fmt::format("/{} can be written by everybody ({:04o}{})", for_evidence(name),
                                          file->mode, folder ? ", without the sticky bit" : "")});
  }
}

}  // namespace

Check world_writable_check() {
  return {.name = "world-writable",
          .reason = "what every user of a container may change, no user can trust",
          .severity = Severity::warning,
          .needs = Needs::layers,
          .look = on_each_platform(look)};
}

}  // namespace eulerpublisher
