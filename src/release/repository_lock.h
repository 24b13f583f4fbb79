#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "store/file_lock.h"

namespace eulerpublisher {

// One run at a time for each repository, on this machine: waits for all of them, in an order that is the same
// for every run, and says for whom it waits.  They are free again when the locks go, also after kill -9.
Result<std::vector<FileLock>> lock_repositories(const std::filesystem::path& state_folder,
                                                std::vector<std::string> names, std::stop_token stop);

}  // namespace eulerpublisher
