#include "inspect/os_release.h"

#include "check/checks.h"

namespace eulerpublisher {
namespace {

void look(const CheckedPlatform& one, const Subject& subject, Findings& findings) {
  const FileFact* file = one.root->find("etc/os-release");
  if (!file || !file->content()) file = one.root->find("usr/lib/os-release");
  std::string where = one.platform.text();
  if (!file || !file->content()) {
    findings.push_back({where, "has no etc/os-release"});
    return;
  }
  auto version = os_release_value(*file->content(), "VERSION");
  const auto& expected = subject.expected.version;
  if (!version) {
    findings.push_back({where, "etc/os-release says no VERSION"});
  } else if (expected && plain_version(*version) != expected->text()) {
    findings.push_back({where, fmt::format("etc/os-release says VERSION=\"{}\", which is not {}", *version,
                                           expected->text())});
  }
}

}  // namespace

Check os_release_check() {
  return {.name = "os-release",
          .reason = "what is tagged as a version must say that it is this version",
          .severity = Severity::blocker,
          .needs = Needs::layers,
          .look = on_each_platform(look)};
}

}  // namespace eulerpublisher
