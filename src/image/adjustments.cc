#include "image/adjustments.h"

#include <fmt/ranges.h>

#include "stream/tar_writer.h"

namespace eulerpublisher {
namespace {

constexpr std::string_view zone_file = "usr/share/zoneinfo/UTC";

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_word(char c) { return is_digit(c) || c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

std::optional<TarEntry> utc_link(const RootView& root, int64_t seconds) {
  const FileFact* now = root.at("etc/localtime");
  const FileFact* zone = root.find(zone_file);
  if (now == nullptr || zone == nullptr) return std::nullopt;
  if (root.resolve("etc/localtime") == root.resolve(zone_file)) return std::nullopt;
  TarEntry link;
  link.name = "etc/localtime";
  link.type = TarEntry::Type::symbolic_link;
  link.link = "/" + std::string(zone_file);
  link.mode = 0777;
  link.uid = now->kept->entry.uid;
  link.gid = now->kept->entry.gid;
  link.user = now->kept->entry.user;
  link.group = now->kept->entry.group;
  link.seconds = seconds;
  return link;
}

}  // namespace

std::string without_timeout(std::string_view script) {
  constexpr std::string_view key = "TMOUT=";
  std::string changed;
  size_t from = 0;
  while (true) {
    size_t at = script.find(key, from);
    if (at == script.npos) break;
    size_t number = at + key.size();
    size_t end = number;
    while (end < script.size() && is_digit(script[end])) ++end;
    changed.append(script.substr(from, number - from));
    bool whole_word = at == 0 || !is_word(script[at - 1]);
    bool is_number = end > number && (end == script.size() || !is_word(script[end]));
    changed.append(whole_word && is_number ? "0" : script.substr(number, end - number));
    from = end;
  }
  return changed.append(script.substr(from));
}

std::optional<Adjustments> make_adjustments(const RootView& root, const Recipe& recipe, int64_t seconds) {
  const FileFact* etc = root.at("etc");
  // Where /etc is not a folder of its own, what would be changed lies elsewhere.
  if (etc != nullptr && etc->type != TarEntry::Type::folder) return std::nullopt;
  std::optional<TarEntry> link = recipe.utc ? utc_link(root, seconds) : std::nullopt;
  const FileFact* bashrc = recipe.tmout ? root.at("etc/bashrc") : nullptr;
  std::string script;
  bool in_tmout = false;
  if (bashrc != nullptr && bashrc->content() != nullptr) {
    script = without_timeout(*bashrc->content());
    in_tmout = script != *bashrc->content();
  }
  if (!link && !in_tmout) return std::nullopt;

  TarWriter tar;
  if (etc != nullptr) {
    TarEntry folder = etc->kept->entry;
    folder.name += '/';
    tar.add(folder);
  }
  std::vector<std::string_view> done;
  if (in_tmout) {
    TarEntry file = bashrc->kept->entry;
    file.type = TarEntry::Type::file;
    file.link.clear();
    file.seconds = seconds;
    file.nanoseconds = 0;
    tar.add(file, script);
  }
  if (link) {
    tar.add(*link);
    done.push_back("UTC");
  }
  if (in_tmout) done.push_back("TMOUT=0");
  return Adjustments{std::move(tar).finish(), fmt::format("{}", fmt::join(done, ", "))};
}

}  // namespace eulerpublisher
