#pragma once

#include "policy/policy.h"
#include "release/release_run.h"
#include "rollout/rollout.h"

namespace eulerpublisher::rollout {

// Looks at an application image before its tags move: all checks that run nothing.  That it says which
// openEuler it is, is asked only of images that stand on one of ours.  The policy must outlive the gate.
Gate application_gate(const RecipeParts& parts, const catalogue::Build& build, const TagGroup& group);

}  // namespace eulerpublisher::rollout
