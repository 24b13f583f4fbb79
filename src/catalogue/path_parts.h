#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "policy/version.h"

namespace eulerpublisher::catalogue {

// What the path of a Dockerfile says: {application}/{openEuler}/Dockerfile.
struct PathParts {
  std::string application;           // as the folder has it
  std::string openeuler_folder;      // as the folder has it: 24.03-lts-sp4
  std::optional<Version> openeuler;  // nothing where the folder is not named as a version

  // The tag it stands for: `{application}-oe{openEuler}`, each character that a tag cannot have as `_`.
  std::string tag() const;
};

// Nothing when there are no two folders above the file within the image's folder.
std::optional<PathParts> path_parts(std::string_view image_folder, std::string_view file);

}  // namespace eulerpublisher::catalogue
