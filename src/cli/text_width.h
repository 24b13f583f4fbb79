#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace eulerpublisher::cli {

// How many columns of a terminal UTF-8 text takes: two for Chinese, none for combining marks.  Bytes that are
// not UTF-8 take one each.
size_t text_width(std::string_view text);

// The text, with blanks added up to `width` columns.
std::string padded(std::string_view text, size_t width);
std::string padded_left(std::string_view text, size_t width);

// As much of the text as `width` columns hold, with … for what was cut off.  No character is cut in two.
std::string cut(std::string_view text, size_t width);

// Breaks text at blanks into lines of at most `width` columns; a word that is longer is broken too.  At least
// one line.  Chinese text, which has no blanks, is broken anywhere.
std::vector<std::string> wrapped(std::string_view text, size_t width);

// The text with ? for control characters and for bytes that are not UTF-8: what a stranger wrote must not be
// able to steer the terminal.
std::string printable(std::string_view text);

}  // namespace eulerpublisher::cli
