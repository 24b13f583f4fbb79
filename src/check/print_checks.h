#pragma once

#include <string>
#include <vector>

#include "check/check.h"

namespace eulerpublisher {

// As a JSON list: check, reason, severity, outcome, findings, and a note where there is one.  The same in
// receipts and in the output of every command.
std::string print_checks(const std::vector<CheckResult>& results);

// `os-release: linux/arm64: has no etc/os-release`, for each finding.
std::vector<std::string> findings_in(const std::vector<CheckResult>& results);
// Of blockers only.
std::vector<std::string> blockers_in(const std::vector<CheckResult>& results);

}  // namespace eulerpublisher
