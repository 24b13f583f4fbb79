#pragma once

#include <chrono>
#include <filesystem>
#include <optional>
#include <stop_token>

#include "base/result.h"
#include "stream/spool.h"

namespace eulerpublisher {

// A lock between processes, and between the holders in one process: flock() on a file.  It ends with its
// holder, also when that is killed.
class FileLock {
 public:
  // Waits for a lock of its own; `cancelled` when `stop` is asked for first.  Creates the file.
  static Result<FileLock> exclusive(const std::filesystem::path& path, std::stop_token stop = {});
  // The same without waiting: nothing when somebody else holds it.
  static Result<std::optional<FileLock>> try_exclusive(const std::filesystem::path& path);
  // A lock shared with others, or nothing while somebody holds it for himself longer than `patience`.
  static Result<std::optional<FileLock>> shared(const std::filesystem::path& path,
                                                std::chrono::milliseconds patience);

  // From shared to exclusive, if nobody else shares it; false: somebody does, and it stays shared.
  Result<bool> raise();
  // Back to shared.
  Done lower();

 private:
  FileLock(FileHandle file, std::filesystem::path path) : file_(std::move(file)), path_(std::move(path)) {}
  FileHandle file_;
  std::filesystem::path path_;
};

// flock() that can be stopped: waits until the lock on this open file is had.
Done lock_open_file(int file, const std::filesystem::path& path, std::stop_token stop);

}  // namespace eulerpublisher
