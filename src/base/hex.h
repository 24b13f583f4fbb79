#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace eulerpublisher {

// Lower-case hexadecimal, two digits a byte.
std::string to_hex(std::span<const std::byte> bytes);
// Whether all of `text` is lower-case hexadecimal.
bool is_hex(std::string_view text);

}  // namespace eulerpublisher
