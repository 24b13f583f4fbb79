#pragma once

#include <map>
#include <optional>
#include <string>

#include "oci/name.h"
#include "policy/build_rules.h"
#include "policy/yaml.h"

namespace eulerpublisher {

// What the policy says about one application image (docs/policy.md, "images").
struct ImageRules {
  std::optional<Tag> latest;            // what `latest` names, in place of what the rule finds
  BuildRules build = {};                // beside and before those of all images
  std::vector<Platform> optional = {};  // without these it is published all the same, if they fail to build

  bool operator==(const ImageRules&) const = default;
};

// The section `images`, by the images' names.
Result<std::map<std::string, ImageRules>> read_image_rules(const YamlDocument& document,
                                                           const YamlNode& section);

}  // namespace eulerpublisher
