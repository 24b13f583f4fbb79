#include "check/checks.h"
#include "check/evidence.h"

namespace eulerpublisher {
namespace {

using Type = TarEntry::Type;

constexpr uint32_t setuid = 04000, setgid = 02000;

// What lets a program do more than whoever starts it.
std::string privileges_of(const FileFact& file) {
  std::string text;
  auto add = [&](std::string_view what) { text += (text.empty() ? "" : ", ") + std::string(what); };
  if (file.type != Type::file) return text;
  if (file.mode & setuid) add(fmt::format("setuid of user {}", file.uid));
  if (file.mode & setgid) add(fmt::format("setgid of group {}", file.gid));
  if (file.kept && file.kept->entry.xattrs.contains("security.capability")) add("capabilities");
  return text;
}

void look(const CheckedPlatform& one, const Subject& subject, Findings& findings) {
  for (auto& [name, file] : one.root->files()) {
    std::string privileges = privileges_of(*file);
    if (privileges.empty()) continue;
    std::string path = "/" + std::string(name);
    if (subject.rules.allows("privileges", path)) continue;
    findings.push_back({one.platform.text(), fmt::format("{} has {}, which the policy does not list",
                                                         for_evidence(path), privileges)});
  }
}

}  // namespace

Check privileges_check() {
  return {.name = "privileges",
          .reason = "a program that gives more rights than one has is a way in: each is known by name",
          .severity = Severity::blocker,
          .needs = Needs::layers,
          .look = on_each_platform(look)};
}

}  // namespace eulerpublisher
