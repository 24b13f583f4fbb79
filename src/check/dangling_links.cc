#include <algorithm>
#include <array>

#include "check/checks.h"
#include "check/evidence.h"

namespace eulerpublisher {
namespace {

// What is there only while a container runs.
bool is_made_at_start(std::string_view path) {
  static constexpr std::array<std::string_view, 4> folders{"proc", "sys", "dev", "run"};
  std::string_view first = path.substr(0, path.find('/'));
  return std::ranges::find(folders, first) != folders.end();
}

void look(const CheckedPlatform& one, const Subject& subject, Findings& findings) {
  for (auto& [name, file] : one.root->files()) {
    if (file->type != TarEntry::Type::symbolic_link) continue;
    if (!name.starts_with("etc/") && !name.starts_with("usr/bin/")) continue;
    std::optional<std::string> target = one.root->resolve(name);
    if (target && (is_made_at_start(*target) || target->empty() || one.root->at(*target))) continue;
    if (subject.rules.allows("dangling-links", "/" + std::string(name))) continue;
    findings.push_back({one.platform.text(),
                        fmt::format("/{} points to {}, {}", for_evidence(name), for_evidence(file->link),
                                    target ? "which is not there" : "and so on in a circle")});
  }
}

}  // namespace

Check dangling_links_check() {
  return {.name = "dangling-links",
          .reason = "a link in /etc or /usr/bin that leads nowhere is a file or a program that is missing",
          .severity = Severity::warning,
          .needs = Needs::layers,
          .look = on_each_platform(look)};
}

}  // namespace eulerpublisher
