#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "oci/platform.h"
#include "policy/yaml.h"

namespace eulerpublisher {

// One builder that the policy gives (docs/policy.md, "builders").
struct BuilderRule {
  std::string engine;               // buildah, podman, docker or buildx
  std::string name;                 // of buildx: which of its builders; may be empty
  std::vector<Platform> platforms;  // that it is given; empty: all that it can build for
  std::string isolation;            // of buildah and podman: oci, rootless or chroot; empty: their default

  bool operator==(const BuilderRule&) const = default;
};

// How a Dockerfile is built, where that is not as the engine does it: of all images (docs/policy.md,
// "build"), or of one.
struct BuildRules {
  std::map<std::string, std::string> arguments;
  std::optional<std::chrono::seconds> time_limit;  // for one platform of one image
  std::string network;                             // of RUN lines; empty: not said here

  bool operator==(const BuildRules&) const = default;
};

// The section `builders`, in its order: the first that serves a platform builds for it.
Result<std::vector<BuilderRule>> read_builder_rules(const YamlDocument& document, const YamlNode& section);

// The section `build`.
Result<BuildRules> read_build_rules(const YamlDocument& document, const YamlNode& section);

// Reads one key of a BuildRules where it is one; false: it is something else's.
Result<bool> read_build_rule(const YamlDocument& document, const YamlNode& key, const YamlNode& value,
                             BuildRules& rules);
// `10` minutes, `90s`, `2h`: a second to a week.  `invalid` for anything else.
Result<std::chrono::seconds> parse_time_limit(std::string_view text);
// What read_build_rule() knows.
std::vector<std::string_view> build_rule_keys();

// A scalar or a list of platforms; never empty.
Result<std::vector<Platform>> read_platforms(const YamlDocument& document, const YamlNode& node);

}  // namespace eulerpublisher
