#include <algorithm>
#include <array>
#include <charconv>

#include "check/checks.h"
#include "check/evidence.h"
#include "check/lines.h"

namespace eulerpublisher {
namespace {

bool is_hash_letter(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.' || c == '/';
}

// crypt(5): `$id$…`, `_` and 19 letters, or the 13 letters of the first Unix.  A `!` in front of it locks the
// account, but the hash can be tried all the same.
bool is_hash(std::string_view field) {
  while (field.starts_with('!') || field.starts_with('*')) field.remove_prefix(1);
  if (field.starts_with('$')) return field.find('$', 1) != field.npos;
  bool extended = field.starts_with('_') && field.size() == 20;
  if (extended) field.remove_prefix(1);
  return (extended || field.size() == 13) && std::ranges::all_of(field, is_hash_letter);
}

bool is_login_shell(std::string_view shell) {
  static constexpr std::array<std::string_view, 6> none{"nologin",  "false", "sync",
                                                        "shutdown", "halt",  "true"};
  std::string_view base = shell.substr(shell.rfind('/') + 1);
  return std::ranges::find(none, base) == none.end();
}

bool is_root_id(std::string_view field) {
  unsigned id = 1;
  auto [end, problem] = std::from_chars(field.data(), field.data() + field.size(), id);
  return problem == std::errc() && end == field.data() + field.size() && id == 0;
}

// In every layer: a hash that an upper one takes away can still be pulled.
void look_for_hashes(const CheckedPlatform& one, const Subject& subject, Findings& findings) {
  static constexpr std::array<std::string_view, 8> files{"etc/passwd",  "etc/shadow",  "etc/group",
                                                         "etc/gshadow", "etc/passwd-", "etc/shadow-",
                                                         "etc/group-",  "etc/gshadow-"};
  for (const InspectedLayer& layer : one.layers)
    for (const FileFact& file : layer.report->files) {
      if (!file.content() || std::ranges::find(files, file.name) == files.end()) continue;
      for (std::string_view line : lines_of(*file.content())) {
        std::vector<std::string_view> fields = fields_of(line, ':');
        if (fields.size() < 2 || !is_hash(fields[1])) continue;
        if (subject.rules.allows("accounts", fields[0])) continue;
        findings.push_back({one.platform.text(), fmt::format("/{} holds a hash of the password of {}",
                                                             file.name, for_evidence(fields[0]))});
      }
    }
}

const std::string* content_of(const RootView& root, std::string_view path) {
  const FileFact* file = root.find(path);
  return file ? file->content() : nullptr;
}

// The second field of an account in /etc/shadow, or nothing.
std::optional<std::string_view> shadow_of(const std::string* shadow, std::string_view name) {
  if (!shadow) return std::nullopt;
  for (std::string_view line : lines_of(*shadow)) {
    std::vector<std::string_view> fields = fields_of(line, ':');
    if (fields.size() >= 2 && fields[0] == name) return fields[1];
  }
  return std::nullopt;
}

void look(const CheckedPlatform& one, const Subject& subject, Findings& findings) {
  look_for_hashes(one, subject, findings);
  const std::string* passwd = content_of(*one.root, "etc/passwd");
  const std::string* shadow = content_of(*one.root, "etc/shadow");
  if (!passwd) return;
  std::string where = one.platform.text();
  for (std::string_view line : lines_of(*passwd)) {
    std::vector<std::string_view> fields = fields_of(line, ':');
    if (fields.size() < 7 || line.starts_with('#')) continue;
    std::string_view name = fields[0];
    if (subject.rules.allows("accounts", name)) continue;
    if (is_root_id(fields[2]) && name != "root")
      findings.push_back(
          {where, fmt::format("/etc/passwd: {} has the user id 0, as root", for_evidence(name))});
    if (!is_login_shell(fields[6])) continue;
    bool in_shadow = fields[1] == "x";
    std::optional<std::string_view> password = in_shadow ? shadow_of(shadow, name) : fields[1];
    if (password && password->empty())
      findings.push_back({where, fmt::format("/etc/{}: {} needs no password to log in",
                                             in_shadow ? "shadow" : "passwd", for_evidence(name))});
  }
}

std::optional<std::string> needless(const Subject& subject) {
  for (const CheckedPlatform& one : subject.image.platforms)
    if (one.root->find("etc/passwd") || one.root->find("etc/shadow")) return std::nullopt;
  return "it has no accounts: there is no /etc/passwd";
}

}  // namespace

Check accounts_check() {
  return {.name = "accounts",
          .reason = "a password that everybody can pull, or none at all, is an open door",
          .severity = Severity::blocker,
          .needs = Needs::layers,
          .look = on_each_platform(look),
          .needless = needless};
}

}  // namespace eulerpublisher
