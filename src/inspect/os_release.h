#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace eulerpublisher {

// The value of a key in an os-release(5), without its quotes, or nothing; of several lines the last counts.
std::optional<std::string> os_release_value(std::string_view os_release, std::string_view key);

// `24.03 (LTS-SP1)` is `24.03-LTS-SP1`, in upper case.
std::string plain_version(std::string_view version);

}  // namespace eulerpublisher
