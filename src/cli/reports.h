#pragma once

#include <vector>

#include "cli/options.h"
#include "report/image_report.h"

namespace eulerpublisher::cli {

// Writes the files that --junit and --html name.  A file is there whole or not at all.
Done write_reports(const Options& options, const std::vector<ImageReport>& reports);

}  // namespace eulerpublisher::cli
