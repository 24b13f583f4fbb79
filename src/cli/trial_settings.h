#pragma once

#include "cli/options.h"
#include "policy/policy.h"
#include "trial/trial.h"

namespace eulerpublisher::cli {

// What --engine, --require-run, --network, -s and --scripts mean together, for an image of this repository
// and tag. `invalid` when a script that was named does not exist, before anything is run.
Result<TrialTerms> trial_terms(const Options& options, const Policy& policy, const std::string& tag);

}  // namespace eulerpublisher::cli
