#pragma once

#include <vector>

#include "catalogue/build_plan.h"
#include "catalogue/jobs.h"
#include "pipeline/job_result.h"
#include "rollout/rollout.h"

namespace eulerpublisher::pipeline {

// How a job ended: with a result, and with what the checks say of it where it was built just now.
struct JobEnd {
  JobResult result;
  std::vector<CheckResult> checks = {};
};

// Builds one platform of one image, puts it into every destination by its digest, where nobody sees it, and
// has the gate look at it there; what a destination has already is not built again.  What it is built on is
// taken from `results` where this pipeline makes it, so that nothing need be visible yet.  Whether the checks
// refuse it is for the caller to see (refuses()).  Errors: `not_found` when a result is missing that it
// needs, `corrupt` when a registry does not hold what a result says, and those of rollout::make_platform.
Result<JobEnd> build_job(const catalogue::BuildPlan& plan, const catalogue::Job& job,
                         const std::vector<JobResult>& results, const rollout::MakeTerms& terms,
                         const rollout::RolloutParts& parts, std::stop_token stop);

// The platforms that jobs have made, for a rollout that builds nothing itself.
class MadeByJobs {
 public:
  // `parts` must outlive it; `made_elsewhere` of it is not used.
  MadeByJobs(const std::vector<JobResult>& results, const rollout::RolloutParts& parts);

  // One platform, as the first destination of its image holds it.  `not_found` when no job has made it,
  // `conflict` when it was made from something else than what the recipe says.
  Result<rollout::MadePlatform> platform(const std::string& build, const std::string& image,
                                         const rollout::PlatformRecipe& recipe, std::stop_token stop) const;
  // What kind of engine the jobs used for a platform, or nothing.
  std::optional<std::string> engine_for(const Platform& platform) const;

 private:
  std::map<std::pair<std::string, Platform>, JobResult> results_;  // by build
  const rollout::RolloutParts& parts_;
};

}  // namespace eulerpublisher::pipeline
