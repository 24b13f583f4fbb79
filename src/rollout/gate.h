#pragma once

#include "check/check.h"
#include "policy/policy.h"
#include "rollout/rollout.h"

namespace eulerpublisher::rollout {

// What is looked for in an application image before its tags move.
struct ApplicationChecks {
  Expectation expected;
  std::vector<Check> checks;  // those that run nothing
  CheckRules rules;           // of all checks
};

// That it says which openEuler it is, is asked only of images that stand on one of ours; that a program is
// not the one of its package is worth a warning.
ApplicationChecks application_checks(const RecipeParts& parts, const catalogue::Build& build,
                                     const TagGroup& group);

}  // namespace eulerpublisher::rollout
