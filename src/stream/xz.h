#pragma once

#include <lzma.h>

#include <vector>

#include "stream/stream.h"

namespace eulerpublisher {

// What unpacking xz may cost.
struct XzLimits {
  // Blocks of one archive that are unpacked at once.  One is unpacked as it arrives, with little more memory
  // than its dictionary; each of several keeps a whole block (often 24 MiB) until its turn comes.
  unsigned threads = 1;
  uint64_t memory_per_thread = 48 << 20;  // bytes; where that does not do, fewer threads are used
  uint64_t memory = 256 << 20;            // bytes; an archive that needs more even so is `corrupt`
};

// What an xz file unpacks to, all its streams and blocks one after another.  `corrupt` when it is not xz,
// damaged, or ends too early.  Reads the file to its very end before it tells its own.
class XzSource : public Source {
 public:
  explicit XzSource(Source& packed, XzLimits limits = {});
  ~XzSource() override;
  XzSource(const XzSource&) = delete;
  XzSource& operator=(const XzSource&) = delete;

  Result<size_t> read(std::span<std::byte> room) override;

 private:
  Done start();
  Done fill();
  Error error_of(lzma_ret code) const;

  Source& packed_;
  XzLimits limits_;
  std::vector<std::byte> input_;
  lzma_stream stream_ = LZMA_STREAM_INIT;
  bool started_ = false;
  bool input_ended_ = false;
  bool ended_ = false;
};

}  // namespace eulerpublisher
