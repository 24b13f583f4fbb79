#pragma once

#include "check/check.h"

namespace eulerpublisher {

// Each check by itself; what it is for is in its reason.
Check tags_check();
Check platforms_check();
Check blobs_check();
Check layers_check();
Check configuration_check();
Check os_release_check();
Check architecture_check();
Check secrets_check();

}  // namespace eulerpublisher
