#pragma once

#include <map>
#include <string>

#include "policy/yaml.h"

namespace eulerpublisher {

// By which API a registry takes the text that it shows for a repository (docs/policy.md, "descriptions").
struct DescriptionRule {
  enum class Api { docker_hub, quay, harbor };
  Api api = Api::harbor;
  std::string url;  // of the API, without a slash at the end; empty: https://HOST

  bool operator==(const DescriptionRule&) const = default;
};

// The section `descriptions`, by the registries' hosts (with a port where they have one).
Result<std::map<std::string, DescriptionRule>> read_description_rules(const YamlDocument& document,
                                                                      const YamlNode& section);

}  // namespace eulerpublisher
