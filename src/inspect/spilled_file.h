#pragma once

#include <cstdint>
#include <memory>

#include "base/file_handle.h"
#include "base/result.h"
#include "stream/stream.h"

namespace eulerpublisher {

// Bytes that are kept, but not in memory: a file in the folder for temporary files ($TMPDIR, /tmp) that has
// no name and is gone with its last owner, whatever becomes of the process.  Written by one thread; once it
// is written, any thread may read it.
class SpilledFile {
 public:
  // Errors of the disk are told as `keeping a file: no space left on device`.
  static Result<std::unique_ptr<SpilledFile>> create();

  Done write(Bytes bytes);
  uint64_t size() const { return size_; }
  // Writes all of it to an open file.
  Done copy_to(int file) const;

 private:
  explicit SpilledFile(FileHandle file) : file_(std::move(file)) {}
  FileHandle file_;
  uint64_t size_ = 0;
};

}  // namespace eulerpublisher
