#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/result.h"

namespace eulerpublisher {

// What stands in for `docker` while test scripts run.
struct DockerScript {
  std::vector<std::string> program;  // what it really is
  std::string label;  // NAME=VALUE, given to each container and network, so that they are found again
  bool network =
      false;  // without it containers have none and nothing is pulled, unless the script asks for one
  std::string platform = {};  // of containers; empty: whatever the program chooses
};

// The text of the script; sh understands it.
std::string docker_script(const DockerScript& script);

// Writes it as `docker` into a folder, which is made.
Done write_docker_script(const std::filesystem::path& folder, const DockerScript& script);

}  // namespace eulerpublisher
