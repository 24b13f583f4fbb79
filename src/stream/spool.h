#pragma once

#include <atomic>
#include <string>

#include "base/guarded.h"
#include "stream/stream.h"

namespace eulerpublisher {

// A file descriptor that is closed when its owner goes.
class FileHandle {
 public:
  FileHandle() = default;
  explicit FileHandle(int fd) : fd_(fd) {}
  FileHandle(FileHandle&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  FileHandle& operator=(FileHandle&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~FileHandle();
  int get() const { return fd_; }
  explicit operator bool() const { return fd_ >= 0; }

 private:
  int fd_ = -1;
};

// A file written once and read by many while it grows.  Each reader goes at its own pace and may start again.
// One thread writes; any number of threads read.  The end reaches the readers only through seal(): a spool that is
// abandoned, or destroyed unsealed, ends its readers with an error, so nothing that follows it takes a part for the
// whole.  Readers share the file, so they survive the spool's name, but not the spool.
class Spool : public Sink, public Blob {
 public:
  // Takes an open file (read and write) that already holds `size` good bytes (a download that is resumed).
  explicit Spool(FileHandle file, uint64_t size = 0);
  ~Spool() override;

  Done write(Bytes bytes) override;
  // All bytes are written.  Readers still wait until the spool is sealed.
  Done finish() override;
  // From here on the content is what `descriptor` says, and readers get their end.
  void seal(Descriptor descriptor);
  // Readers that catch up get this error from here on.
  void abandon(Error error);

  uint64_t size() const;
  int fd() const { return file_.get(); }

  std::optional<Descriptor> descriptor() const override;
  Result<std::unique_ptr<Source>> open(uint64_t offset, std::stop_token stop) const override;

 private:
  friend class SpoolSource;
  struct State {
    uint64_t size = 0;
    std::optional<Descriptor> sealed;
    std::optional<Error> failed;
  };
  FileHandle file_;
  mutable Guarded<State> state_;
};

}  // namespace eulerpublisher
