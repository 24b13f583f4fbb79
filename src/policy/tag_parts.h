#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "policy/version.h"

namespace eulerpublisher {

// The two parts of a tag such as 8.6.4-oe2403sp4.
struct TagParts {
  std::string application;           // 8.6.4
  std::optional<Version> openeuler;  // 24.03-LTS-SP4; nothing where the tag does not end with one
  bool marked = false;               // with `oe`, so that no other system's version can be meant
};

// Splits a tag at its openEuler part in any of its spellings: `-oe2403sp1`, `-oe24.03lts`, `-22.03-lts`,
// `-20.03-lts-sp1`; case does not matter.  `folder` is the version that the file's folder stands for: a bare
// `-25.03` counts only when it is that.
TagParts split_tag(std::string_view tag, const std::optional<Version>& folder = std::nullopt);

}  // namespace eulerpublisher
