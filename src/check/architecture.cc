#include <array>
#include <set>

#include "check/checks.h"
#include "inspect/elf.h"

namespace eulerpublisher {
namespace {

// The shells, and the C library where a platform's own lies (those of other processors lie elsewhere).
constexpr std::array programs{"bin/sh",
                              "bin/bash",
                              "usr/bin/bash",
                              "lib64/libc.so.6",
                              "usr/lib64/libc.so.6",
                              "usr/lib/x86_64-linux-gnu/libc.so.6",
                              "lib/x86_64-linux-gnu/libc.so.6",
                              "usr/lib/aarch64-linux-gnu/libc.so.6",
                              "lib/aarch64-linux-gnu/libc.so.6",
                              "lib/ld-linux-aarch64.so.1",
                              "lib64/ld-linux-x86-64.so.2",
                              "lib64/ld-linux-loongarch-lp64d.so.1",
                              "usr/lib/riscv64-linux-gnu/libc.so.6"};

void look(const CheckedPlatform& one, const Subject&, Findings& findings) {
  auto machine = elf_machine_of(one.platform);
  if (!machine) return;
  std::set<const FileFact*> seen;  // by several names
  for (const char* program : programs) {
    const FileFact* file = one.root->find(program);
    if (!file || !seen.insert(file).second || !file->machine || *machine == *file->machine) continue;
    findings.push_back({one.platform.text(),
                        fmt::format("/{} is made for {}", program, name_of_elf_machine(*file->machine))});
  }
}

std::optional<std::string> needless(const Subject& subject) {
  for (const CheckedPlatform& one : subject.image.platforms)
    for (const char* program : programs)
      if (const FileFact* file = one.root->find(program); file && file->machine) return std::nullopt;
  return "it has neither a shell nor a C library";
}

}  // namespace

Check architecture_check() {
  return {.name = "architecture",
          .reason = "a shell or a C library of another processor cannot start",
          .severity = Severity::blocker,
          .needs = Needs::layers,
          .look = on_each_platform(look),
          .needless = needless};
}

}  // namespace eulerpublisher
