#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace eulerpublisher::http {

// RFC 4648, with padding.
std::string to_base64(std::string_view bytes);
// Both alphabets, with or without padding; nothing when it is something else.
std::optional<std::string> from_base64(std::string_view text);

}  // namespace eulerpublisher::http
