#pragma once

#include "cli/options.h"
#include "policy/policy.h"
#include "trial/trial.h"

namespace eulerpublisher::cli {

// What --engine, --require-run, --run-network, -s and --scripts mean together, for an image of this
// repository and tag. `invalid` when a script that was named does not exist, before anything is run.
Result<TrialTerms> trial_terms(const Options& options, const Policy& policy, const std::string& tag);

// The same for an application image.  The script IMAGE_test.sh is looked for in the folder of --scripts, then
// in `folders`, of which there is at least one; the first counts.  With -s it is not looked for.
Result<TrialTerms> trial_terms(const Options& options, const std::string& image, const std::string& tag,
                               const std::vector<std::filesystem::path>& folders);

}  // namespace eulerpublisher::cli
