#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace eulerpublisher {

// A piece of an image's own text as a finding can show it: at most 200 bytes, UTF-8, one line; what is not
// printable is escaped as `\x1b`.
std::string for_evidence(std::string_view text);

// Whether the bytes are UTF-8 (RFC 3629).
bool is_utf8(std::string_view text);

// `3.4 MiB`
std::string size_text(uint64_t bytes);

}  // namespace eulerpublisher
