#include "store/file_lock.h"

#include <fcntl.h>
#include <sys/file.h>

#include <cerrno>

#include "base/clock.h"
#include "store/new_file.h"

namespace eulerpublisher {
namespace {

namespace fs = std::filesystem;

// flock() itself cannot be stopped by a token, so we look again this often.
constexpr std::chrono::milliseconds between_looks{20};

// Whether the lock was had; false: another holds it.
Result<bool> try_lock(int file, int kind, const fs::path& path) {
  while (::flock(file, kind | LOCK_NB) != 0) {
    if (errno == EWOULDBLOCK) return false;
    if (errno != EINTR) return system_error(errno, "locking " + path.string());
  }
  return true;
}

}  // namespace

Done lock_open_file(int file, const fs::path& path, std::stop_token stop) {
  while (true) {
    bool had = TRY(try_lock(file, LOCK_EX, path));
    if (had) return {};
    TRY(system_clock()
            .sleep(between_looks, stop)
            .within("waiting for another run to be done with {}", path.string()));
  }
}

Result<FileLock> FileLock::exclusive(const fs::path& path, std::stop_token stop) {
  FileHandle file = TRY(open_file(path, O_RDWR | O_CREAT));
  TRY(lock_open_file(file.get(), path, stop));
  return FileLock(std::move(file), path);
}

Result<std::optional<FileLock>> FileLock::try_exclusive(const fs::path& path) {
  FileHandle file = TRY(open_file(path, O_RDWR | O_CREAT));
  bool had = TRY(try_lock(file.get(), LOCK_EX, path));
  if (!had) return std::nullopt;
  return FileLock(std::move(file), path);
}

Result<std::optional<FileLock>> FileLock::shared(const fs::path& path, std::chrono::milliseconds patience) {
  FileHandle file = TRY(open_file(path, O_RDWR | O_CREAT));
  for (std::chrono::milliseconds waited{0};; waited += between_looks) {
    bool had = TRY(try_lock(file.get(), LOCK_SH, path));
    if (had) return FileLock(std::move(file), path);
    if (waited >= patience) return std::nullopt;
    TRY(system_clock().sleep(between_looks, {}));
  }
}

Result<bool> FileLock::raise() {
  bool had = TRY(try_lock(file_.get(), LOCK_EX, path_));
  // The kernel lets go of the shared lock before it tries for the other one.
  if (!had) TRY(lower());
  return had;
}

Done FileLock::lower() {
  while (::flock(file_.get(), LOCK_SH) != 0)
    if (errno != EINTR) return system_error(errno, "locking " + path_.string());
  return {};
}

}  // namespace eulerpublisher
