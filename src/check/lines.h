#pragma once

#include <string_view>
#include <vector>

namespace eulerpublisher {

// The lines of a text file, without their ends (LF or CR LF); they stay in `text`.
std::vector<std::string_view> lines_of(std::string_view text);
// What stands between the separators; `a::b` has three fields.
std::vector<std::string_view> fields_of(std::string_view line, char separator);
// Without blanks at both ends.
std::string_view trimmed(std::string_view text);

}  // namespace eulerpublisher
