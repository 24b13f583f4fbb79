#pragma once

#include <memory>

#include "stream/stream.h"

namespace eulerpublisher {

// The bytes of a layer before it was compressed: gzip (any number of members), zstd (any number of frames), or none,
// as the first bytes tell.  Through libarchive.  `corrupt` when the compressed bytes are damaged or end too early;
// an error of the inner source is passed on as it is.
Result<std::unique_ptr<Source>> decompress(std::unique_ptr<Source> compressed);

}  // namespace eulerpublisher
