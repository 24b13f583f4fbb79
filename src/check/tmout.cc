#include "check/checks.h"
#include "check/evidence.h"
#include "check/lines.h"
#include "inspect/interest.h"

namespace eulerpublisher {
namespace {

bool is_word(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

// `export TMOUT=300`: a number that is not 0, in a line that is no comment.
bool logs_out(std::string_view line) {
  constexpr std::string_view key = "TMOUT=";
  size_t at = line.find(key);
  if (at == line.npos || trimmed(line).starts_with('#') || (at > 0 && is_word(line[at - 1]))) return false;
  std::string_view value = line.substr(at + key.size());
  while (value.starts_with('"') || value.starts_with('\'')) value.remove_prefix(1);
  size_t zeros = std::min(value.find_first_not_of('0'), value.size());
  return zeros < value.size() && value[zeros] >= '1' && value[zeros] <= '9';
}

bool is_read_by_shells(std::string_view path) {
  return path == "etc/bashrc" || path == "etc/bash.bashrc" || path == "etc/profile" ||
         (folder_of(path) == "etc/profile.d" && path.ends_with(".sh"));
}

void look(const CheckedPlatform& one, const Subject&, Findings& findings) {
  for (auto& [name, file] : one.root->files()) {
    if (!is_read_by_shells(name) || !file->content()) continue;
    for (std::string_view line : lines_of(*file->content()))
      if (logs_out(line))
        findings.push_back(
            {one.platform.text(), fmt::format("/{}: `{}` ends an idle shell, and with it the container",
                                              for_evidence(name), for_evidence(trimmed(line)))});
  }
}

std::optional<std::string> needless(const Subject& subject) {
  if (!subject.expected.tmout) return "nothing is expected of idle shells";
  if (!*subject.expected.tmout) return "the policy leaves TMOUT as it is";
  return std::nullopt;
}

}  // namespace

Check tmout_check() {
  return {.name = "tmout",
          .reason = "a shell that logs itself out takes somebody's container with it",
          .severity = Severity::warning,
          .needs = Needs::layers,
          .look = on_each_platform(look),
          .needless = needless};
}

}  // namespace eulerpublisher
