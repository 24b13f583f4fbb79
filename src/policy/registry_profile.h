#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "policy/yaml.h"

namespace eulerpublisher {

// What the policy says of how some registries want to be spoken to.  What is absent stays as it is built in
// for them; what each means stands in docs/policy.md and registry/profile.h.
struct RegistryProfile {
  enum class Upload { whole, pieces };
  enum class Range { total, within_piece, meaningless };
  enum class ContentRange { none, plain, with_unit };

  // Lower case: `registry.example`, `registry.example:5000`, or `*.registry.example` for all below it.
  std::string hosts;

  std::optional<Upload> upload = {};
  std::optional<bool> streaming = {};
  std::optional<bool> pieces = {};
  std::optional<uint64_t> smallest_piece = {};  // bytes
  std::optional<uint64_t> largest_piece = {};   // bytes
  std::optional<uint64_t> largest_whole = {};   // bytes; `unlimited` is the largest number there is
  std::optional<Range> range = {};
  std::optional<ContentRange> content_range = {};
  std::optional<bool> mount = {};
  std::optional<bool> empty_closing_put = {};
  std::optional<int> first_denials = {};
  std::optional<int> at_once = {};
  std::optional<double> per_second = {};  // `unlimited` is infinity

  bool operator==(const RegistryProfile&) const = default;
};

// The section `registry-profiles`: a map of host patterns to maps of what is to be otherwise.  `invalid` with
// line and column.
Result<std::vector<RegistryProfile>> read_registry_profiles(const YamlDocument& document,
                                                            const YamlNode& node);

}  // namespace eulerpublisher
