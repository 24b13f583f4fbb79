#pragma once

#include <string>

#include "check/comparison.h"
#include "policy/policy.h"
#include "release/publish.h"
#include "release/status.h"

namespace eulerpublisher::cli {

// For people: what would be done, tag by tag, and why.
std::string describe(const Outlook& outlook, const ReleaseRequest& request);
// The same as one JSON document.
std::string to_json(const Outlook& outlook, const ReleaseRequest& request);

std::string describe(const std::vector<Plan>& plans);
std::string to_json(const std::vector<Plan>& plans);

// For people: a table of what every registry holds, and a line for whatever needs an explanation.
std::string describe(const Status& status);
std::string to_json(const Status& status);

// For people: what was done, and what was found.
std::string describe(const Receipt& receipt);

// For people: every check and what it saw.
std::string describe_checks(const std::vector<CheckResult>& results);
// How many ended how, and what was seen, as lines of a receipt.
std::string brief_checks(const std::vector<CheckResult>& results);

// For people: what became different between two images, the most telling of it.
std::string describe(const Comparison& comparison);
// The same in a line for each platform.
std::string brief_comparison(const Comparison& comparison);

std::string describe_tags(const Version& version, const std::vector<EarnedTag>& tags);
std::string tags_to_json(const Version& version, const std::vector<EarnedTag>& tags);

}  // namespace eulerpublisher::cli
