#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "oci/platform.h"

namespace eulerpublisher {

// Whether this machine's own processor runs programs for a platform.
bool is_native(const Platform& platform);

// Why programs for a platform cannot run here, or nothing when they can: natively, or because the kernel has
// been told of an interpreter for them (binfmt_misc, usually by qemu-user-static) that works within a
// container too.
std::optional<std::string> cannot_run(const Platform& platform,
                                      const std::filesystem::path& binfmt = "/proc/sys/fs/binfmt_misc");

}  // namespace eulerpublisher
