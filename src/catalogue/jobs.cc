#include "catalogue/jobs.h"

#include <algorithm>

namespace eulerpublisher::catalogue {
namespace {

// linux/arm64/v8 is arm64-v8: fit for the names of files and jobs.
std::string word_for(const Platform& platform) {
  return platform.variant.empty() ? platform.architecture : platform.architecture + "-" + platform.variant;
}

}  // namespace

std::vector<Job> jobs_of(const BuildPlan& plan) {
  std::vector<Job> jobs;
  std::vector<std::vector<size_t>> of_build(plan.builds.size());
  for (size_t at = 0; at < plan.builds.size(); ++at) {
    const Build& build = plan.builds[at];
    if (build.distroless) continue;
    Job job{{}, at, {}, {}, 0};
    for (size_t base : build.needs)
      for (size_t needed : of_build[base]) {
        job.needs.push_back(jobs[needed].id);
        job.level = std::max(job.level, jobs[needed].level + 1);
      }
    for (const Platform& platform : build.platforms) {
      job.id = build.id + "_" + word_for(platform);
      job.platform = platform;
      of_build[at].push_back(jobs.size());
      jobs.push_back(job);
    }
  }
  return jobs;
}

}  // namespace eulerpublisher::catalogue
