#pragma once

#include <atomic>
#include <filesystem>
#include <optional>

#include "engine/work_folder.h"
#include "store/file_lock.h"

namespace eulerpublisher::build {

// Where engines work: a folder of one run's own in the store, for storage that would else be a person's. It
// goes with everything in it, mounts included; what a killed run left goes when the next one begins.  Safe
// from any thread.
class Workshop {
 public:
  // FOLDER/run-XXXXXX, and first removes those of killed runs.
  static Result<Workshop> open(const std::filesystem::path& folder);
  Workshop(Workshop&& other) noexcept;
  Workshop& operator=(Workshop&&) = delete;
  ~Workshop();

  const std::filesystem::path& path() const { return path_; }
  // A second folder with a short path (podman wants at most 50 letters for its state); it goes with the
  // first.
  const std::filesystem::path& short_path() const { return short_->path(); }
  // A path that no other call has been given: `job-7`.  Nothing is there yet.
  std::filesystem::path new_path();

 private:
  Workshop(std::filesystem::path path, FileLock lock, WorkFolder short_folder)
      : path_(std::move(path)), lock_(std::move(lock)), short_(std::move(short_folder)) {}

  std::filesystem::path path_;  // empty: moved from
  std::optional<FileLock> lock_;
  std::optional<WorkFolder> short_;
  std::atomic<unsigned> next_{1};
};

}  // namespace eulerpublisher::build
