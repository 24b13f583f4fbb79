#pragma once

#include <memory>
#include <string_view>

#include "stream/stream.h"

namespace eulerpublisher {

// How the bytes of a layer are compressed.
enum class Packing {
  none,
  gzip,
  zstd,
  other,  // xz or bzip2, which no registry takes
};
std::string_view name_of(Packing packing);
// As its first bytes say, six of them or more.
Packing packing_of(std::string_view head);

// The bytes of a layer before it was compressed: gzip (any number of members), zstd (any number of frames),
// or none, as the first bytes tell.  Through libarchive.  `corrupt` when the compressed bytes are damaged or
// end too early; an error of the inner source is passed on as it is.
Result<std::unique_ptr<Source>> decompress(std::unique_ptr<Source> compressed);

}  // namespace eulerpublisher
