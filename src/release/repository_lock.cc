#include "release/repository_lock.h"

#include <algorithm>

#include "base/log.h"
#include "oci/digest.h"

namespace eulerpublisher {

namespace fs = std::filesystem;

Result<std::vector<FileLock>> lock_repositories(const fs::path& state_folder, std::vector<std::string> names,
                                                std::stop_token stop) {
  fs::path folder = state_folder / "locks";
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) return system_error(error.value(), "creating " + folder.string());
  std::ranges::sort(names);
  names.erase(std::unique(names.begin(), names.end()), names.end());
  std::vector<FileLock> locks;
  for (const std::string& name : names) {
    fs::path path = folder / digest_of(name).hex().substr(0, 32);
    auto lock = TRY(FileLock::try_exclusive(path));
    if (!lock) {
      log_info("another run is publishing to {}; waiting for it", name);
      lock =
          TRY(FileLock::exclusive(path, stop).within("waiting for another run that publishes to {}", name));
    }
    locks.push_back(std::move(*lock));
  }
  return locks;
}

}  // namespace eulerpublisher
