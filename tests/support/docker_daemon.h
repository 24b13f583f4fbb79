#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "support/process.h"

namespace eulerpublisher::test {

// A dockerd for one test: storage and socket in a folder of its own.
class DockerDaemon {
 public:
  // Why it cannot be had here, or nothing.
  static std::optional<std::string> hindrance();
  // Waits until it answers; from then on DOCKER_HOST of this process names it.  The machine's own dockerd, or
  // the one in a folder of programs (scripts/fetch-buildx.sh), which then keeps its images in containerd:
  // only so can the BuildKit in it export what buildx asks for.
  explicit DockerDaemon(const std::filesystem::path& programs = {});
  ~DockerDaemon();
  bool answers() const { return answers_; }
  // What `docker ARGUMENTS` prints.
  std::string ask(const std::vector<std::string>& arguments) const;
  std::filesystem::path socket() const { return folder_ / "docker.sock"; }
  std::string host() const { return "unix://" + socket().string(); }
  std::string log() const { return read_text(folder_ / "log"); }

 private:
  TempFolder folder_{"ep-docker"};
  std::filesystem::path client_;
  std::optional<Process> daemon_;
  bool answers_ = false;
};

}  // namespace eulerpublisher::test
