#pragma once

#include <memory>
#include <optional>

#include "base/file_handle.h"
#include "base/guarded.h"
#include "stream/stream.h"

namespace eulerpublisher {

// A file written once and read by many while it grows.  Each reader goes at its own pace and may start again.
// One thread writes; any number of threads read.  The end reaches the readers only through seal(): a spool
// that is abandoned, or destroyed unsealed, ends its readers with an error, so nothing that follows it takes
// a part for the whole.  Readers share the file: they outlive the spool's name, and the spool.
class Spool : public Sink, public Blob {
 public:
  // Takes an open file (read and write) that already holds `size` good bytes (a download that is resumed).
  explicit Spool(FileHandle file, uint64_t size = 0);
  ~Spool() override;

  // Errors of the disk are told as `writing to the store: no space left on device`.
  Done write(Bytes bytes) override;
  // All bytes are written.  Readers still wait until the spool is sealed.
  Done finish() override;
  // From here on the content is what `descriptor` says, and readers get their end.  Comes too late after
  // abandon().
  void seal(Descriptor descriptor);
  // Readers get this error at their next read, also those that have not caught up: what they would still read
  // is of no use to anybody.  Comes too late after seal().
  void abandon(Error error);

  uint64_t size() const;
  // Belongs to the spool.
  int fd() const;

  std::optional<Descriptor> descriptor() const override;
  Result<std::unique_ptr<Source>> open(uint64_t offset, std::stop_token stop) const override;

 private:
  friend class SpoolSource;
  struct State {
    uint64_t size = 0;
    std::optional<Descriptor> sealed;
    std::optional<Error> failed;
  };
  struct Shared;
  void begin_to_disk(uint64_t size);

  std::shared_ptr<Shared> shared_;
  uint64_t to_disk_;  // bytes that the kernel has been told to write
};

}  // namespace eulerpublisher
