#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "stream/stream.h"

namespace eulerpublisher {

// Compresses a stream in pieces of a fixed size, each for itself; the results in order are the compressed
// stream. Hence the bytes do not depend on how many threads do it.  The same piece gives the same bytes on
// any processor, with the same library version.  Safe from any thread.
class PieceCodec {
 public:
  virtual ~PieceCodec() = default;
  // Bytes of input in every piece but the last.
  virtual size_t piece() const = 0;
  // How much room the result of a whole piece may need.
  virtual size_t bound() const = 0;
  // The number of bytes put into `room`, which has bound() bytes.  A piece may be empty.
  virtual Result<size_t> compress(Bytes piece, std::span<std::byte> room) const = 0;
  // Of a layer that is compressed so (OCI image-spec, layer.md).
  virtual std::string_view media_type() const = 0;
  // What the bytes depend on: `gzip-5-or-stored-1MiB libdeflate-1.14`.
  virtual std::string text() const = 0;
};

// RFC 1952 members by libdeflate.  Live as long as the program.
const PieceCodec& gzip_pieces();
// RFC 8878 frames by libzstd.
const PieceCodec& zstd_pieces();

}  // namespace eulerpublisher
