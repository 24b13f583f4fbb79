#pragma once

#include <string_view>

#include "base/result.h"
#include "oci/digest.h"

namespace eulerpublisher {

// The checksum file, as sha256sum prints it: 64 hexadecimal digits, two blanks or a blank and `*`, the base
// name. Line ends and a byte order mark of Windows, upper case and a path before the name are understood.
// Lines for other files are passed over; none for `file_name`, two that differ, or anything else (a page that
// says in HTML what went wrong) is `corrupt`.
Result<Digest> parse_checksum(std::string_view text, std::string_view file_name);

}  // namespace eulerpublisher
