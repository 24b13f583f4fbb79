#include <algorithm>
#include <array>
#include <map>

#include "check/checks.h"
#include "check/evidence.h"
#include "check/lines.h"
#include "inspect/interest.h"

namespace eulerpublisher {
namespace {

// A folder in which nothing is wanted, and what lies in it.
struct Heap {
  std::string_view folder;
  std::string_view what;
};
constexpr std::array heaps{
    Heap{"var/log/", "a log"},
    Heap{"var/cache/dnf/", "a cache of dnf"},
    Heap{"var/cache/yum/", "a cache of yum"},
    Heap{"var/cache/libdnf5/", "a cache of dnf"},
    Heap{"var/cache/PackageKit/", "a cache of packages"},
    Heap{"var/cache/apt/archives/", "a cache of apt"},
    Heap{"var/lib/apt/lists/", "a cache of apt"},
    Heap{"tmp/", "a temporary file"},
    Heap{"var/tmp/", "a temporary file"},
    Heap{"run/log/", "a log"},
};

bool in_a_home(std::string_view folder) {
  return folder == "root" || (folder.starts_with("home/") && folder.find('/', 5) == folder.npos);
}

bool is_history(std::string_view path) {
  static constexpr std::array<std::string_view, 7> others{
      ".lesshst",    ".viminfo",        ".wget-hsts",        ".psql_history",
      ".sh_history", ".sqlite_history", ".node_repl_history"};
  std::string_view base = base_of(path);
  bool history = (base.starts_with('.') && base.ends_with("_history")) ||
                 std::ranges::find(others, base) != others.end();
  return history && in_a_home(folder_of(path));
}

bool is_editors_backup(std::string_view base) {
  return (base.size() > 1 && base.ends_with('~')) || (base.starts_with('.') && base.ends_with(".swp")) ||
         (base.starts_with('.') && base.ends_with(".swo")) || base.starts_with(".#") ||
         (base.size() > 2 && base.starts_with('#') && base.ends_with('#'));
}

// What it is, if it should not be there.
std::string_view leftover(const FileFact& file) {
  if (file.type == TarEntry::Type::folder || file.size == 0) return {};
  if (is_history(file.name)) return "a history of somebody's commands";
  if (is_editors_backup(base_of(file.name))) return "an editor's backup";
  return {};
}

bool names_a_server(const std::string& resolv_conf) {
  return std::ranges::any_of(lines_of(resolv_conf), [](std::string_view line) {
    return trimmed(line).starts_with("nameserver") || trimmed(line).starts_with("search");
  });
}

struct Lying {
  size_t files = 0;
  uint64_t bytes = 0;
  std::string first;
};

void look(const CheckedPlatform& one, const Subject& subject, Findings& findings) {
  std::string where = one.platform.text();
  std::map<const Heap*, Lying> lying;
  for (auto& [name, file] : one.root->files()) {
    std::string_view path = name;
    auto heap = std::ranges::find_if(heaps, [&](const Heap& heap) { return path.starts_with(heap.folder); });
    bool in_heap = heap != heaps.end() && file->type == TarEntry::Type::file && file->size > 0;
    std::string_view what = leftover(*file);
    if (!in_heap && what.empty()) continue;
    if (subject.rules.allows("left-behind", "/" + std::string(path))) continue;
    if (!in_heap) {
      findings.push_back({where, fmt::format("/{} is {}", for_evidence(path), what)});
      continue;
    }
    Lying& there = lying[heap];
    if (there.files++ == 0) there.first = path;
    there.bytes += file->size;
  }
  for (auto& [heap, there] : lying) {
    std::string text = fmt::format("/{} is {}", for_evidence(there.first), heap->what);
    if (there.files > 1)
      text += fmt::format(", and {} more like it in /{}: {} in all", there.files - 1,
                          heap->folder.substr(0, heap->folder.size() - 1), size_text(there.bytes));
    findings.push_back({where, std::move(text)});
  }
  const FileFact* resolv = one.root->at("etc/resolv.conf");
  bool servers = resolv && resolv->content() && names_a_server(*resolv->content());
  if (servers && !subject.rules.allows("left-behind", "/etc/resolv.conf"))
    findings.push_back({where, "/etc/resolv.conf names the servers of the machine it was built on"});
}

}  // namespace

Check left_behind_check() {
  return {.name = "left-behind",
          .reason = "logs, caches, histories and temporary files make an image larger and tell who made it",
          .severity = Severity::warning,
          .needs = Needs::layers,
          .look = on_each_platform(look)};
}

}  // namespace eulerpublisher
