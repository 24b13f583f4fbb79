#pragma once

#include "policy/policy.h"
#include "registry/profile.h"

namespace eulerpublisher::cli {

// How a registry wants to be spoken to: as it is built in for it, but for what the policy says of it.
Profile profile_of(const RegistryHost& host, const Policy& policy);

}  // namespace eulerpublisher::cli
