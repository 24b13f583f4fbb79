#include "check/checks.h"
#include "image/claims.h"

namespace eulerpublisher {
namespace {

class ArchitectureCheck : public Check {
 public:
  std::string name() const override { return "architecture"; }
  std::string reason() const override { return "a shell of another processor cannot start"; }
  bool needs_layers() const override { return true; }
  Result<std::vector<Finding>> look(RepositoryReader&, const CheckedImage& image, const Expectation&,
                                    std::stop_token) override {
    std::vector<Finding> findings;
    for (const CheckedPlatform& one : image.platforms)
      for (const char* shell : {"bin/sh", "bin/bash", "usr/bin/bash"}) {
        const FileFact* file = one.root->find(shell);
        if (!file || !file->machine) continue;
        auto machine = elf_machine_of(one.platform);
        if (machine && *machine != *file->machine)
          findings.push_back({one.platform.text(), fmt::format("/{} is a program for ELF machine {}, not {}",
                                                               shell, *file->machine, *machine)});
      }
    return findings;
  }
};

}  // namespace

std::unique_ptr<Check> architecture_check() { return std::make_unique<ArchitectureCheck>(); }

}  // namespace eulerpublisher
