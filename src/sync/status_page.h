#pragma once

#include <string>

#include "base/clock.h"
#include "release/status.h"

namespace eulerpublisher::sync {

// `container status` as one page that needs nothing but itself: first every tag × every registry, then for
// each registry what is to be known of each tag (digest, update date, platforms, what the journal says).
// `looked`: when.
std::string status_page(const Status& status, Instant looked);

// How many tags of the registries are not as they should be: not published, moved by somebody else, or not to
// be seen.
size_t count_of_concern(const Status& status);

}  // namespace eulerpublisher::sync
