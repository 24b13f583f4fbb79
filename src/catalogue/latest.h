#pragma once

#include <optional>
#include <string>
#include <vector>

#include "catalogue/catalogue.h"
#include "policy/policy.h"

namespace eulerpublisher::catalogue {

// Which entry of an image's name `latest` belongs to.
struct Latest {
  std::optional<EntryId> winner;    // nothing: `latest` is not moved
  std::string because;              // for people; also why there is no winner
  std::vector<std::string> doubts;  // why it may not be what is meant: mixed kinds of versions
  bool by_policy = false;           // the policy says so
};

// The rule of the catalogue (docs/catalogue.md, "Which tag is latest"), over all scenes that have the name:
// unique by construction; what the policy says takes its place.  Pure.
Latest choose_latest(const Catalogue& catalogue, const Policy& policy, const std::string& name);

// Whether `latest` would go back from the one tag to the other: to a lower version, or of the same version to
// an older openEuler.
bool would_go_back(std::string_view from, std::string_view to);

}  // namespace eulerpublisher::catalogue
