#pragma once

#include <string>
#include <string_view>

namespace eulerpublisher::page {

// Text as the content of an HTML element or of a quoted attribute: whatever it says, a browser shows it and
// understands nothing else by it.  Control characters, bytes that are no UTF-8 and characters that turn the
// direction of writing around, as file names of strangers may hold them, become U+FFFD.
std::string escape(std::string_view text);

}  // namespace eulerpublisher::page
