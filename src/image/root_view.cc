#include "image/root_view.h"

#include <algorithm>
#include <array>

namespace eulerpublisher {
namespace {

constexpr uint64_t most_kept = 16 << 20;    // bytes of facts of one layer
constexpr uint64_t most_content = 1 << 20;  // bytes of one file
constexpr uint64_t elf_head = 20;           // up to e_machine
constexpr int most_links = 40;              // as the kernel

std::string_view folder_of(std::string_view path) {
  size_t slash = path.rfind('/');
  return slash == path.npos ? std::string_view{} : path.substr(0, slash);
}

std::string_view base_of(std::string_view path) { return path.substr(path.rfind('/') + 1); }

template <size_t N>
bool is_one_of(std::string_view text, const std::array<std::string_view, N>& all) {
  return std::ranges::find(all, text) != all.end();
}

bool holds_programs(std::string_view folder) {
  static constexpr std::array<std::string_view, 4> folders{"bin", "sbin", "usr/bin", "usr/sbin"};
  return is_one_of(folder, folders);
}

bool is_read_whole(std::string_view path) {
  return path == "etc/bashrc" || base_of(path).find("os-release") != path.npos;
}

bool is_zone(std::string_view path) {
  static constexpr std::array<std::string_view, 4> names{"UTC", "UCT", "Universal", "Zulu"};
  return path.starts_with("usr/share/zoneinfo/") && is_one_of(base_of(path), names);
}

// Files that decide something, and folders and links through which a name may lead to them.
bool matters(std::string_view path, TarEntry::Type type) {
  if (is_read_whole(path) || is_zone(path) || path == "etc/localtime" || holds_programs(folder_of(path)))
    return true;
  if (type == TarEntry::Type::file || type == TarEntry::Type::hard_link) return false;
  auto depth = std::ranges::count(path, '/');
  return depth == 0 || (path.starts_with("etc/") && depth == 1) || (path.starts_with("usr/") && depth <= 2);
}

std::optional<uint16_t> elf_machine(std::string_view head) {
  if (head.size() < elf_head || !head.starts_with("\x7f"
                                                  "ELF"))
    return std::nullopt;
  auto low = static_cast<uint8_t>(head[18]);
  auto high = static_cast<uint8_t>(head[19]);
  bool big_endian = head[5] == 2;
  if (big_endian) std::swap(low, high);
  return static_cast<uint16_t>(low | (high << 8));
}

}  // namespace

Result<uint64_t> FactsWatcher::entry(const TarEntry& entry) {
  std::optional<std::string> name = plain_name(entry.name);
  if (!name) return 0;
  std::string folder(folder_of(*name));
  std::string_view base = base_of(*name);
  if (base == ".wh..wh..opq") {
    facts_.hidden.push_back(folder);
    kept_ += folder.size();
    return 0;
  }
  if (base.starts_with(".wh.")) {
    std::string removed = folder.empty() ? "" : folder + "/";
    facts_.removed.push_back(removed.append(base.substr(4)));
    kept_ += facts_.removed.back().size() + sizeof(std::string);
    if (kept_ > most_kept) return corrupt("it removes more files than any root file system has");
    return 0;
  }
  if (!matters(*name, entry.type)) return 0;
  FileFact fact{entry, {}, {}};
  fact.entry.name = *name;
  TRY(keep(std::move(fact)));
  if (entry.type != TarEntry::Type::file) return 0;
  if (is_read_whole(*name)) return entry.size <= most_content ? std::max<uint64_t>(entry.size, 1) : 0;
  return holds_programs(folder) ? elf_head : 0;
}

Done FactsWatcher::keep(FileFact fact) {
  kept_ += sizeof(FileFact) + fact.entry.name.size() + fact.entry.link.size();
  for (auto& [name, value] : fact.entry.xattrs) kept_ += name.size() + value.size();
  if (kept_ > most_kept) return corrupt("it has more links and programs than any root file system");
  facts_.files.push_back(std::move(fact));
  return {};
}

Done FactsWatcher::content(const TarEntry&, std::string bytes) {
  FileFact& fact = facts_.files.back();
  if (!is_read_whole(fact.entry.name)) {
    fact.machine = elf_machine(bytes);
    return {};
  }
  kept_ += bytes.size();
  if (kept_ > most_kept) return corrupt("it has more files called os-release than any root file system");
  fact.content = std::move(bytes);
  return {};
}

void RootView::remove_below(const std::string& folder) {
  // In the order of the map all names below a folder stand together; the root's are all there are.
  std::string prefix = folder.empty() ? "" : folder + "/";
  auto from = files_.lower_bound(prefix);
  auto to = from;
  while (to != files_.end() && to->first.starts_with(prefix)) ++to;
  files_.erase(from, to);
}

void RootView::add(const LayerFacts& layer) {
  for (const std::string& path : layer.removed) {
    files_.erase(path);
    remove_below(path);
  }
  for (const std::string& folder : layer.hidden) remove_below(folder);
  for (const FileFact& file : layer.files) {
    if (file.entry.type != TarEntry::Type::folder) remove_below(file.entry.name);
    FileFact fact = file;
    if (file.entry.type == TarEntry::Type::hard_link) {
      // What it is, its target says; where the target is not known, neither is this.
      const FileFact* target = at(plain_name(file.entry.link).value_or(""));
      if (target != nullptr) {
        fact = *target;
        fact.entry.name = file.entry.name;
      }
    }
    files_.insert_or_assign(file.entry.name, std::move(fact));
  }
}

const FileFact* RootView::at(const std::string& path) const {
  auto found = files_.find(path);
  return found == files_.end() ? nullptr : &found->second;
}

std::optional<std::string> RootView::resolve(std::string_view path) const {
  std::vector<std::string> ahead;  // the next part last
  auto go_through = [&](std::string_view path) {
    while (!path.empty()) {
      size_t slash = path.rfind('/');
      std::string_view part = slash == path.npos ? path : path.substr(slash + 1);
      path = slash == path.npos ? std::string_view{} : path.substr(0, slash);
      if (!part.empty() && part != ".") ahead.emplace_back(part);
    }
  };
  go_through(path);
  std::string here;
  int links = 0;
  while (!ahead.empty()) {
    std::string part = std::move(ahead.back());
    ahead.pop_back();
    if (part == "..") {
      here = std::string(folder_of(here));
      continue;
    }
    std::string next = here.empty() ? part : here + "/" + part;
    const FileFact* file = at(next);
    if (file == nullptr || file->entry.type != TarEntry::Type::symbolic_link) {
      here = std::move(next);
      continue;
    }
    if (++links > most_links) return std::nullopt;
    if (file->entry.link.starts_with('/')) here.clear();
    go_through(file->entry.link);
  }
  return here;
}

const FileFact* RootView::find(std::string_view path) const {
  std::optional<std::string> there = resolve(path);
  return there ? at(*there) : nullptr;
}

}  // namespace eulerpublisher
