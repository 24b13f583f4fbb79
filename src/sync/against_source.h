#pragma once

#include "release/status.h"
#include "sync/round.h"

namespace eulerpublisher::sync {

// Holds what the registries hold against the release repository too: a tag of a version whose newest
// directory is not what it names is behind, and says so.  `seen`: a dry round over the same registries; what
// it could not look at stays as it is.
void hold_against_source(Status& status, const Round& seen);

}  // namespace eulerpublisher::sync
