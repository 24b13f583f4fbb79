#pragma once

#include <filesystem>
#include <string_view>

#include "base/result.h"

namespace eulerpublisher::cli {

// Writes a file that a person asked for, whole or not at all: what stands there is replaced only when all of
// it could be written.  What is no file (/dev/stdout, a pipe) is written into as it is.
Done write_output_file(const std::filesystem::path& file, std::string_view text);

}  // namespace eulerpublisher::cli
