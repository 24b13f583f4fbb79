#pragma once

#include <filesystem>
#include <string>

#include "base/result.h"
#include "store/file_lock.h"

namespace eulerpublisher {

// A folder of an engine's own below $TMPDIR, for nobody else to read; with this value goes everything in it,
// and whatever is mounted there.  What a killed run has left is removed by the next that makes one.
class WorkFolder {
 public:
  static Result<WorkFolder> make();
  WorkFolder(WorkFolder&&) = default;
  WorkFolder& operator=(WorkFolder&&) = delete;
  ~WorkFolder();

  const std::filesystem::path& path() const { return path_; }
  std::filesystem::path operator/(const std::filesystem::path& name) const { return path_ / name; }
  // Unlike that of any other such folder of this machine: for names of containers.
  std::string word() const;

 private:
  WorkFolder(std::filesystem::path path, FileLock lock) : path_(std::move(path)), lock_(std::move(lock)) {}
  std::filesystem::path path_;  // empty once it has been moved from
  FileLock lock_;
};

// Removes a folder with all in it: folders that may not be written to, mounts too, never what a link points
// to.
void remove_tree(const std::filesystem::path& folder);

}  // namespace eulerpublisher
