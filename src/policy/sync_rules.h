#pragma once

#include <chrono>

#include "policy/yaml.h"

namespace eulerpublisher {

// The section `sync`: what people have decided about publishing without them (docs/policy.md, "sync").
struct SyncRules {
  // How long a directory may be incomplete before that is reported.
  std::chrono::milliseconds not_yet_limit = std::chrono::hours(6);
  // The wait after the first failure of a version; each further one is twice as long, up to the longest.
  std::chrono::milliseconds first_wait = std::chrono::minutes(5);
  std::chrono::milliseconds longest_wait = std::chrono::hours(6);
  // After so many failures in a row a version is given up, until its archives change.
  int tries = 8;
  // Whether each update earns a tag of its own that is never moved: `24.03-lts-sp1-20250610`.
  bool dated_tags = false;

  bool operator==(const SyncRules&) const = default;
};

// What the section does not mention is as built in.
Result<SyncRules> read_sync_rules(const YamlDocument& document, const YamlNode& section);

}  // namespace eulerpublisher
