#pragma once

#include <cstdint>
#include <string_view>

#include "base/result.h"

namespace eulerpublisher {

// `2GiB`, `500M`, `1000`: bytes.  K, M, G, T are powers of 1024, as with `iB`; `kB`, `MB`, `GB` of 1000.
// Anything else, and what does not fit 64 bits, is `invalid`.
Result<uint64_t> parse_size(std::string_view text);

}  // namespace eulerpublisher
