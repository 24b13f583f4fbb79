#include "check/checks.h"
#include "inspect/elf.h"

namespace eulerpublisher {
namespace {

void look(const CheckedPlatform& one, const Subject&, Findings& findings) {
  auto machine = elf_machine_of(one.platform);
  if (!machine) return;
  for (const char* shell : {"bin/sh", "bin/bash", "usr/bin/bash"}) {
    const FileFact* file = one.root->find(shell);
    if (file && file->machine && *machine != *file->machine)
      findings.push_back({one.platform.text(), fmt::format("/{} is a program for {}", shell,
                                                           name_of_elf_machine(*file->machine))});
  }
}

}  // namespace

Check architecture_check() {
  return {.name = "architecture",
          .reason = "a shell of another processor cannot start",
          .severity = Severity::blocker,
          .needs = Needs::layers,
          .look = on_each_platform(look)};
}

}  // namespace eulerpublisher
