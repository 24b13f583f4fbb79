#include "engine/root_folder.h"

#include <dirent.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <memory>

namespace eulerpublisher {
namespace {

constexpr std::string_view whiteout = ".wh.";
constexpr std::string_view opaque = ".wh..wh..opq";

Error failed(std::string_view doing, const std::string& path) {
  return system_error(errno, fmt::format("{} /{}", doing, path));
}

// The parts of a name, none of them empty or a dot.
Result<std::vector<std::string>> parts_of(std::string_view name) {
  std::vector<std::string> parts;
  if (name.find('\0') != name.npos) return corrupt("a layer has a name with a zero byte in it");
  while (!name.empty()) {
    std::string_view part = name.substr(0, name.find('/'));
    name.remove_prefix(std::min(name.size(), part.size() + 1));
    if (part == "..") return corrupt("a layer has a name that leads upwards ('..')");
    if (!part.empty() && part != ".") parts.emplace_back(part);
  }
  return parts;
}

std::string joined(const std::string& folder, const std::string& leaf) {
  return folder.empty() ? leaf : folder + "/" + leaf;
}

int open_within(int root, const std::string& path, int flags) {
  open_how how{};
  how.flags = static_cast<uint64_t>(flags | O_CLOEXEC);
  how.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS;
  return static_cast<int>(syscall(SYS_openat2, root, path.empty() ? "." : path.c_str(), &how, sizeof how));
}

// Owner, mode, attributes and time of a folder or file that is open.  The order matters: a change of owner
// takes setuid and capabilities away.
Done dress(int file, const TarEntry& entry, const std::string& path) {
  if (geteuid() == 0 && fchown(file, static_cast<uid_t>(entry.uid), static_cast<gid_t>(entry.gid)) != 0)
    return failed("changing the owner of", path);
  // A folder that we cannot write to ourselves could not be filled.
  mode_t more = geteuid() == 0 || entry.type != TarEntry::Type::folder ? 0 : 0700;
  if (fchmod(file, (entry.mode & 07777) | more) != 0) return failed("changing the mode of", path);
  for (const auto& [name, value] : entry.xattrs) {
    if (!name.starts_with("user.") && !name.starts_with("security.")) continue;
    bool set = fsetxattr(file, name.c_str(), value.data(), value.size(), 0) == 0;
    bool cannot_be = errno == ENOTSUP || errno == EPERM;  // this file system, or whoever we are
    if (!set && !cannot_be) return failed("setting attributes of", path);
  }
  std::array<timespec, 2> times{{{entry.seconds, entry.nanoseconds}, {entry.seconds, entry.nanoseconds}}};
  if (futimens(file, times.data()) != 0 && errno != EINVAL) return failed("setting the time of", path);
  return {};
}

struct CloseFolder {
  void operator()(DIR* folder) const { closedir(folder); }
};

Result<std::vector<std::string>> names_in(int folder, const std::string& path) {
  int again = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  std::unique_ptr<DIR, CloseFolder> list(again < 0 ? nullptr : fdopendir(again));
  if (!list) return failed("listing", path);
  std::vector<std::string> names;
  while (dirent* entry = readdir(list.get())) {
    std::string name = entry->d_name;
    if (name != "." && name != "..") names.push_back(std::move(name));
  }
  return names;
}

bool is_folder(int folder, const std::string& leaf) {
  struct stat facts {};
  return fstatat(folder, leaf.c_str(), &facts, AT_SYMLINK_NOFOLLOW) == 0 && S_ISDIR(facts.st_mode);
}

}  // namespace

Result<RootFolder> RootFolder::open(const std::filesystem::path& folder) {
  FileHandle root(::open(folder.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!root) return system_error(errno, "opening " + folder.string());
  FileHandle probe(open_within(root.get(), "", O_PATH | O_DIRECTORY));
  if (!probe && (errno == ENOSYS || errno == EPERM))
    return unsupported("this kernel has no openat2(): images cannot be unpacked safely");
  return RootFolder(std::move(root));
}

Result<FileHandle> RootFolder::open_folder(const std::string& path, bool make) {
  FileHandle folder(open_within(root_.get(), path, O_PATH | O_DIRECTORY));
  if (folder || !make || errno != ENOENT) {
    if (!folder) return failed("opening", path);
    return folder;
  }
  // A layer need not name the folders its files lie in.
  size_t slash = path.rfind('/');
  std::string above = slash == path.npos ? "" : path.substr(0, slash);
  std::string leaf = slash == path.npos ? path : path.substr(slash + 1);
  FileHandle parent = TRY(open_folder(above, true));
  if (mkdirat(parent.get(), leaf.c_str(), 0755) != 0) return failed("making", path);
  FileHandle made(openat(parent.get(), leaf.c_str(), O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (!made) return failed("opening", path);
  return made;
}

Result<RootFolder::Place> RootFolder::place_of(std::string_view name, bool make) {
  std::vector<std::string> parts = TRY(parts_of(name));
  if (parts.empty()) return Place{TRY(open_folder("", false)), "", ""};
  std::string above;
  for (size_t i = 0; i + 1 < parts.size(); ++i) above = joined(above, parts[i]);
  FileHandle folder = TRY(open_folder(above, make));
  return Place{std::move(folder), parts.back(), joined(above, parts.back())};
}

Done RootFolder::add(const TarEntry& entry, TarReader& content) {
  Place place = TRY(place_of(entry.name, true));
  if (place.leaf.starts_with(whiteout)) return hide(place);
  if (place.leaf.empty()) {  // the root itself
    FileHandle root(openat(place.folder.get(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!root) return failed("opening", "");
    if (entry.type == TarEntry::Type::folder) return dress(root.get(), entry, "");
    return corrupt("a layer makes something of / that is no folder");
  }
  TRY(clear_for(place, entry.type));
  added_.insert(place.path);
  return make(place, entry, content);
}

Done RootFolder::hide(const Place& place) {
  size_t slash = place.path.rfind('/');
  std::string above = slash == place.path.npos ? "" : place.path.substr(0, slash);
  if (place.leaf == opaque) return empty(place.folder.get(), above);
  std::string leaf = place.leaf.substr(whiteout.size());
  if (leaf.empty() || leaf == "." || leaf == "..") return corrupt("a layer hides what has no name");
  return remove(place.folder.get(), leaf, joined(above, leaf));
}

Done RootFolder::remove(int folder, const std::string& leaf, const std::string& path) {
  if (!is_folder(folder, leaf)) {
    if (is_added(path)) return {};
    if (unlinkat(folder, leaf.c_str(), 0) != 0 && errno != ENOENT) return failed("removing", path);
    return {};
  }
  FileHandle inside(openat(folder, leaf.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (!inside) return failed("opening", path);
  TRY(empty(inside.get(), path));
  if (is_added(path)) return {};
  // What this layer has put into it stays, and the folder with it.
  if (unlinkat(folder, leaf.c_str(), AT_REMOVEDIR) != 0 && errno != ENOTEMPTY)
    return failed("removing", path);
  return {};
}

Done RootFolder::empty(int folder, const std::string& path) {
  for (const std::string& name : TRY(names_in(folder, path))) TRY(remove(folder, name, joined(path, name)));
  return {};
}

// What stands in the way of an entry goes, except that a folder stays one.
Done RootFolder::clear_for(const Place& place, TarEntry::Type type) {
  bool folder = is_folder(place.folder.get(), place.leaf);
  if (folder && type == TarEntry::Type::folder) return {};
  if (folder) {
    auto below = added_.lower_bound(place.path + "/");
    while (below != added_.end() && below->starts_with(place.path + "/")) below = added_.erase(below);
  }
  added_.erase(place.path);
  return remove(place.folder.get(), place.leaf, place.path);
}

Done RootFolder::make(const Place& place, const TarEntry& entry, TarReader& content) {
  int folder = place.folder.get();
  const char* leaf = place.leaf.c_str();
  switch (entry.type) {
    case TarEntry::Type::folder:
      return make_folder(place, entry);
    case TarEntry::Type::file:
      return make_file(place, entry, content);
    case TarEntry::Type::hard_link:
      return make_hard_link(place, entry);
    case TarEntry::Type::symbolic_link:
      if (symlinkat(entry.link.c_str(), folder, leaf) != 0) return failed("linking", place.path);
      if (geteuid() == 0 && fchownat(folder, leaf, static_cast<uid_t>(entry.uid),
                                     static_cast<gid_t>(entry.gid), AT_SYMLINK_NOFOLLOW) != 0)
        return failed("changing the owner of", place.path);
      return {};
    case TarEntry::Type::fifo:
      if (mkfifoat(folder, leaf, entry.mode & 0777) != 0) return failed("making", place.path);
      return {};
    case TarEntry::Type::character_device:
    case TarEntry::Type::block_device:
    case TarEntry::Type::other:
      break;
  }
  return {};
}

Done RootFolder::make_folder(const Place& place, const TarEntry& entry) {
  if (mkdirat(place.folder.get(), place.leaf.c_str(), 0700) != 0 && errno != EEXIST)
    return failed("making", place.path);
  FileHandle made(
      openat(place.folder.get(), place.leaf.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (!made) return failed("opening", place.path);
  return dress(made.get(), entry, place.path);
}

Done RootFolder::make_file(const Place& place, const TarEntry& entry, TarReader& content) {
  FileHandle file(openat(place.folder.get(), place.leaf.c_str(),
                         O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
  if (!file) return failed("making", place.path);
  while (true) {
    Bytes bytes = TRY(content.content());
    if (bytes.empty()) break;
    while (!bytes.empty()) {
      ssize_t count = write(file.get(), bytes.data(), bytes.size());
      if (count < 0 && errno == EINTR) continue;
      if (count < 0) return failed("writing", place.path);
      bytes = bytes.subspan(static_cast<size_t>(count));
    }
  }
  return dress(file.get(), entry, place.path);
}

Done RootFolder::make_hard_link(const Place& place, const TarEntry& entry) {
  Place target = TRY(place_of(entry.link, false));
  if (target.leaf.empty()) return corrupt("a layer links /{} to /", place.path);
  if (linkat(target.folder.get(), target.leaf.c_str(), place.folder.get(), place.leaf.c_str(), 0) != 0)
    return failed("linking", place.path);
  return {};
}

Result<std::optional<std::string>> RootFolder::read(const std::string& name, uint64_t limit) const {
  FileHandle file(open_within(root_.get(), name, O_RDONLY | O_NONBLOCK | O_NOCTTY));
  struct stat facts {};
  if (!file || fstat(file.get(), &facts) != 0 || !S_ISREG(facts.st_mode)) return std::nullopt;
  std::string text;
  std::array<char, 1 << 14> room;
  while (text.size() <= limit) {
    ssize_t count = ::read(file.get(), room.data(), room.size());
    if (count < 0) return failed("reading", name);
    if (count == 0) return text;
    text.append(room.data(), static_cast<size_t>(count));
  }
  return corrupt("/{} has more than {} bytes", name, limit);
}

}  // namespace eulerpublisher
