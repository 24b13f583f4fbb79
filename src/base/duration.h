#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "base/result.h"

namespace eulerpublisher {

// `90s`, `15m`, `6h`, `2d`, `500ms`: a whole number and its unit.  Anything else, zero, and more than a year
// is `invalid`.
Result<std::chrono::milliseconds> parse_duration(std::string_view text);

// The same, as people say it: the largest unit that loses nothing.
std::string text_of(std::chrono::milliseconds time);

}  // namespace eulerpublisher
