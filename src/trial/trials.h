#pragma once

#include "trial/trial.h"

namespace eulerpublisher {

// Each by itself; what it is for is in its reason.
TrialCheck starts_trial();
TrialCheck interactive_trial();
TrialCheck system_trial();
TrialCheck clock_trial();
TrialCheck locale_trial();
TrialCheck hosts_trial();
TrialCheck users_trial();
TrialCheck login_shell_trial();
TrialCheck rpm_trial();
TrialCheck package_manager_trial();
TrialCheck install_trial();
TrialCheck scripts_trial();

// The first lines of what a program said, on one line, for a finding's text.
std::string brief(std::string_view said);

}  // namespace eulerpublisher
