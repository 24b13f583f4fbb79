#include <algorithm>
#include <cctype>

#include "check/checks.h"
#include "image/claims.h"

namespace eulerpublisher {
namespace {

class OsReleaseCheck : public Check {
 public:
  std::string name() const override { return "os-release"; }
  std::string reason() const override {
    return "what is tagged as a version must say that it is this version";
  }
  bool needs_layers() const override { return true; }
  Result<std::vector<Finding>> look(RepositoryReader&, const CheckedImage& image, const Expectation& expected,
                                    std::stop_token) override {
    std::vector<Finding> findings;
    for (const CheckedPlatform& one : image.platforms) {
      const FileFact* file = one.root->find("etc/os-release");
      if (!file) file = one.root->find("usr/lib/os-release");
      std::string where = one.platform.text();
      if (!file || !file->content) {
        findings.push_back({where, "has no etc/os-release"});
        continue;
      }
      auto version = os_release_version(*file->content);
      if (!version) {
        findings.push_back({where, "etc/os-release says no VERSION"});
      } else if (expected.version && plain_version(*version) != expected.version->text()) {
        findings.push_back({where, fmt::format("etc/os-release says VERSION=\"{}\", which is not {}",
                                               *version, expected.version->text())});
      }
    }
    return findings;
  }
};

}  // namespace

std::unique_ptr<Check> os_release_check() { return std::make_unique<OsReleaseCheck>(); }

}  // namespace eulerpublisher
