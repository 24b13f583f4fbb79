#pragma once

#include <string>
#include <vector>

#include "catalogue/build_plan.h"

namespace eulerpublisher::catalogue {

// One platform of one build: what a machine of a pipeline does at a time.
struct Job {
  std::string id;    // stable: redis_8.0.2-oe2403sp1_amd64
  size_t build = 0;  // of the plan
  Platform platform;
  std::vector<std::string> needs;  // ids of jobs whose results it is given: every platform of its bases
  size_t level = 0;                // 0 needs nothing; else one above the highest that it needs
};

// The jobs of a plan, in its order: whatever one needs stands before it.  Distroless images are no jobs: no
// engine builds them.
std::vector<Job> jobs_of(const BuildPlan& plan);

}  // namespace eulerpublisher::catalogue
