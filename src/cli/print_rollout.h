#pragma once

#include <string>
#include <vector>

#include "rollout/rollout.h"
#include "rollout/status.h"

namespace eulerpublisher::cli {

// For people: what became of each image, those that are up to date in one line together.
std::string describe(const std::vector<rollout::ImageOutcome>& outcomes);
// All of it, with the receipts, as one JSON document.
std::string to_json(const std::vector<rollout::ImageOutcome>& outcomes);

// For people: one line for each tag of each destination; and the same as one JSON document.
std::string describe(const std::vector<rollout::TagStatus>& tags);
std::string to_json(const std::vector<rollout::TagStatus>& tags);

}  // namespace eulerpublisher::cli
