#pragma once

#include <string>
#include <string_view>

#include "catalogue/build_plan.h"

namespace eulerpublisher::cli {

// The jobs of a plan for a pipeline with runners of its own (packaging/ci):
//   json    {"jobs": [{id, build, image, tags, platform, level, needs}], "levels": N}, for any pipeline
//   github  {"level0": {"include": [{architecture, jobs}]}, …, "levels": N}: a matrix for each level, of at
//           most 256 entries as GitHub allows, each with the ids of one or more jobs separated by blanks
//   gitlab  the jobs of a child pipeline, which extend .eulerpublisher-build and .eulerpublisher-assemble
// `form` is one of these.
std::string matrix_of(const catalogue::BuildPlan& plan, const catalogue::Catalogue& catalogue,
                      std::string_view form);

}  // namespace eulerpublisher::cli
