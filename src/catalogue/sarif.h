#pragma once

#include <string>

#include "catalogue/finding.h"

namespace eulerpublisher::catalogue {

// Findings as a SARIF 2.1.0 log, which code review shows beside the lines.  Files are named below the root of
// the catalogue (uriBaseId %SRCROOT%).
std::string to_sarif(const Findings& findings, const std::string& tool_version);

}  // namespace eulerpublisher::catalogue
