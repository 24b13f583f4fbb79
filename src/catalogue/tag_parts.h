#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "policy/version.h"

namespace eulerpublisher::catalogue {

// The two parts of a tag such as 8.6.4-oe2403sp4.
struct TagParts {
  std::string application;           // 8.6.4
  std::optional<Version> openeuler;  // 24.03-LTS-SP4; nothing where the tag does not end with one
};

// Splits a tag at its openEuler part in any of its spellings: `-oe2403sp1`, `-oe24.03lts`, `-22.03-lts`,
// `-20.03-lts-sp1`; case does not matter.  `folder` is the version that the file's folder stands for: a bare
// `-25.03` counts only when it is that.
TagParts split_tag(std::string_view tag, const std::optional<Version>& folder = std::nullopt);

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
