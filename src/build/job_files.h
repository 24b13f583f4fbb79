#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>

#include "build/builder.h"

namespace eulerpublisher::build {

// The files of one build beside its context: the Dockerfile as it is built, and what the engine gives back.
// They go with it.
class JobFiles {
 public:
  // `folder` is made.
  static Result<JobFiles> make(const std::filesystem::path& folder, const BuildJob& job);
  JobFiles(JobFiles&& other) noexcept : folder_(std::exchange(other.folder_, {})) {}
  JobFiles& operator=(JobFiles&&) = delete;
  ~JobFiles();

  std::filesystem::path dockerfile() const { return folder_ / "Dockerfile"; }
  std::filesystem::path archive() const { return folder_ / "image.tar"; }
  std::filesystem::path id() const { return folder_ / "id"; }
  // What the engine wrote into id(), without `sha256:`.
  Result<std::string> built_id() const;

 private:
  explicit JobFiles(std::filesystem::path folder) : folder_(std::move(folder)) {}
  std::filesystem::path folder_;
};

}  // namespace eulerpublisher::build
