#pragma once

#include <optional>
#include <string>
#include <vector>

#include "image/convert.h"
#include "oci/platform.h"
#include "policy/plan.h"
#include "policy/policy.h"
#include "upstream/release_repository.h"

namespace eulerpublisher {

// What is to be released, and how: everything a person decides before a release begins.
struct ReleaseRequest {
  Version version;
  ReleaseIndex index = ReleaseIndex::first();
  std::vector<Platform> required;
  std::vector<Platform> optional;
  Recipe recipe;
  std::vector<EarnedTag> tags;  // in the order in which they are moved
  std::string
      canonical_source;  // the release repository's own address: what annotations name, wherever we fetch
  PlanOptions allowed;
  bool best_effort = false;
  bool verify_bytes = false;  // read back every blob, not only its size
};

}  // namespace eulerpublisher
