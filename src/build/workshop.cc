#include "build/workshop.h"

#include <unistd.h>

#include <cstdlib>

#include "base/log.h"
#include "process/run.h"
#include "store/new_file.h"

namespace eulerpublisher::build {

namespace fs = std::filesystem;

namespace {

constexpr const char* lock_name = "lock";

void remove_run(const fs::path& folder) {
  remove_tree(folder);
  std::error_code unknown;
  if (!fs::exists(folder, unknown)) return;
  // Without root, files belong to the users of a user namespace, which only an engine can enter.
  if (geteuid() != 0 && !process::find_program("buildah").empty())
    static_cast<void>(process::run({.argv = {"buildah", "unshare", "rm", "-rf", folder.string()}}));
  if (fs::exists(folder, unknown))
    log_warning("{} cannot be removed: delete it when nobody uses it", folder.string());
}

void remove_leftovers(const fs::path& folder) {
  std::error_code ignored;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder, ignored)) {
    if (!entry.is_directory(ignored) || !entry.path().filename().string().starts_with("run-")) continue;
    auto lock = FileLock::try_exclusive(entry.path() / lock_name);
    if (lock && *lock) remove_run(entry.path());
  }
}

}  // namespace

Result<Workshop> Workshop::open(const fs::path& folder) {
  TRY(make_folders(folder));
  // Nobody takes a folder for a leftover that is being made.
  FileLock making = TRY(FileLock::exclusive(folder / lock_name));
  remove_leftovers(folder);
  WorkFolder short_folder = TRY(WorkFolder::make());
  std::string path = (folder / "run-XXXXXX").string();
  if (!mkdtemp(path.data())) return system_error(errno, "making a folder to build in: " + path);
  FileLock lock = TRY(FileLock::exclusive(fs::path(path) / lock_name));
  return Workshop(path, std::move(lock), std::move(short_folder));
}

Workshop::Workshop(Workshop&& other) noexcept
    : path_(std::exchange(other.path_, {})),
      lock_(std::exchange(other.lock_, std::nullopt)),
      next_(other.next_.load()) {
  if (other.short_) short_.emplace(std::move(*other.short_));
  other.short_.reset();
}

Workshop::~Workshop() {
  if (!path_.empty()) remove_run(path_);
}

fs::path Workshop::new_path() { return path_ / ("job-" + std::to_string(next_++)); }

}  // namespace eulerpublisher::build
