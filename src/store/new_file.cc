#include "store/new_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "base/hex.h"

namespace eulerpublisher {
namespace {

namespace fs = std::filesystem;

constexpr mode_t permissions = 0666;  // the person's umask takes away from that

Result<std::string> random_name() {
  std::array<std::byte, 16> chance;
  if (getrandom(chance.data(), chance.size(), 0) != static_cast<ssize_t>(chance.size()))
    return system_error(errno, "asking the kernel for random bytes");
  return to_hex(chance);
}

Done write_all(int file, std::string_view bytes, const fs::path& target) {
  while (!bytes.empty()) {
    ssize_t wrote = ::write(file, bytes.data(), bytes.size());
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote < 0) return system_error(errno, "writing " + target.string());
    bytes.remove_prefix(static_cast<size_t>(wrote));
  }
  return {};
}

// Whether errno says that this file system has no files without a name.
bool cannot_do_without_name(int code) {
  return code == EOPNOTSUPP || code == EISDIR || code == EINVAL || code == ENOSYS;
}

}  // namespace

PartialName::~PartialName() {
  if (!path_.empty()) ::unlink(path_.c_str());
}

Done make_folders(const fs::path& folder) {
  std::error_code failed;
  fs::create_directories(folder, failed);
  if (failed) return system_error(failed.value(), "making the folder " + folder.string());
  return {};
}

Result<FileHandle> open_file(const fs::path& path, int flags) {
  int file = ::open(path.c_str(), flags | O_CLOEXEC, permissions);
  if (file < 0)
    return system_error(errno, ((flags & O_ACCMODE) == O_RDONLY ? "reading " : "opening ") + path.string());
  return FileHandle(file);
}

Done sync_folder(const fs::path& folder) {
  FileHandle opened = TRY(open_file(folder, O_RDONLY | O_DIRECTORY));
  // Some file systems cannot sync a folder and say EINVAL: they have nothing to wait for.
  if (::fsync(opened.get()) != 0 && errno != EINVAL)
    return system_error(errno, "writing " + folder.string() + " to the disk");
  return {};
}

Done replace_file(const fs::path& file, std::string_view bytes) {
  fs::path beside = file.parent_path() / ("." + file.filename().string() + ".new");
  while (true) {
    FileHandle opened = TRY(open_file(beside, O_RDWR | O_CREAT));
    while (::flock(opened.get(), LOCK_EX) != 0)
      if (errno != EINTR) return system_error(errno, "locking " + beside.string());
    struct stat ours {
    }, named{};
    // Somebody who held the lock before us may have renamed it meanwhile.
    if (::fstat(opened.get(), &ours) != 0 || ::stat(beside.c_str(), &named) != 0 ||
        ours.st_ino != named.st_ino)
      continue;
    PartialName name(beside);
    if (::ftruncate(opened.get(), 0) != 0) return system_error(errno, "writing " + file.string());
    TRY(write_all(opened.get(), bytes, file));
    if (::fdatasync(opened.get()) != 0) return system_error(errno, "writing " + file.string());
    if (::rename(beside.c_str(), file.c_str()) != 0) return system_error(errno, "writing " + file.string());
    name.given_up();
    return {};
  }
}

NewFiles::NewFiles(fs::path folder, bool without_name)
    : folder_(std::move(folder)),
      partial_(folder_ / "partial"),
      // A file without a name gets one through /proc, which some containers lack.
      without_name_(without_name && ::access("/proc/self/fd", X_OK) == 0) {}

Result<NewFile> NewFiles::create() const {
  if (!without_name_) return create_named();
  int file = ::open(folder_.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, permissions);
  if (file >= 0) return NewFile{FileHandle(file), {}};
  if (cannot_do_without_name(errno)) return create_named();
  return system_error(errno, "making a file in " + folder_.string());
}

Result<NewFile> NewFiles::create_named() const {
  TRY(make_folders(partial_));
  while (true) {
    fs::path path = partial_ / TRY(random_name());
    FileHandle file = TRY(open_file(path, O_RDWR | O_CREAT | O_EXCL));
    // Until the lock is ours, another run's clean() may take the file for a dead one.
    struct stat seen {};
    if (::flock(file.get(), LOCK_EX | LOCK_NB) != 0) {
      if (errno == EWOULDBLOCK) continue;
      return system_error(errno, "locking " + path.string());
    }
    if (::fstat(file.get(), &seen) != 0 || seen.st_nlink == 0) continue;
    return NewFile{std::move(file), PartialName(std::move(path))};
  }
}

Done NewFiles::link(int file, const fs::path& target) const {
  std::string unnamed = fmt::format("/proc/self/fd/{}", file);
  if (::linkat(AT_FDCWD, unnamed.c_str(), AT_FDCWD, target.c_str(), AT_SYMLINK_FOLLOW) == 0) return {};
  if (errno == EEXIST) return conflict("{} is already there", target.string());
  return system_error(errno, "writing " + target.string());
}

Done NewFiles::publish(int file, PartialName& name, const fs::path& target, IfThere if_there) const {
  TRY(make_folders(target.parent_path()));
  struct stat ours {
  }, theirs{};
  if (::fstat(file, &ours) != 0) return system_error(errno, "writing " + target.string());
  if (if_there == IfThere::keep_if_same_size && ::stat(target.c_str(), &theirs) == 0 &&
      S_ISREG(theirs.st_mode) && theirs.st_size == ours.st_size)
    return {};
  if (name.path().empty()) {
    Done linked = link(file, target);
    if (linked.has_value() || linked.error().kind() != ErrorKind::conflict) return linked;
    if (if_there == IfThere::keep_if_same_size && ::stat(target.c_str(), &theirs) == 0 &&
        theirs.st_size == ours.st_size)
      return {};  // another run was a moment faster
    // Only rename() puts one file in the place of another at once, and it needs a name to begin with.
    TRY(make_folders(partial_));
    ::flock(file, LOCK_EX | LOCK_NB);
    PartialName between(partial_ / TRY(random_name()));
    TRY(link(file, between.path()));
    name = std::move(between);
  }
  if (::rename(name.path().c_str(), target.c_str()) != 0)
    return system_error(errno, "writing " + target.string());
  name.given_up();
  return {};
}

Done NewFiles::write(const fs::path& target, std::string_view bytes, IfThere if_there, OnDisk on_disk) const {
  NewFile created = TRY(create());
  TRY(write_all(created.file.get(), bytes, target));
  if (on_disk != OnDisk::nothing && ::fdatasync(created.file.get()) != 0)
    return system_error(errno, "writing " + target.string());
  TRY(publish(created.file.get(), created.name, target, if_there));
  if (on_disk == OnDisk::content_and_name) TRY(sync_folder(target.parent_path()));
  return {};
}

void NewFiles::clean() const {
  std::error_code ignored;
  for (fs::directory_iterator entry(partial_, ignored), end; !ignored && entry != end;
       entry.increment(ignored)) {
    int file = ::open(entry->path().c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    FileHandle opened(file);
    if (file >= 0 && ::flock(file, LOCK_EX | LOCK_NB) == 0) ::unlink(entry->path().c_str());
  }
}

}  // namespace eulerpublisher
