#pragma once

#include <string>
#include <vector>

#include "policy/version.h"
#include "upstream/listing.h"
#include "upstream/release_repository.h"

namespace eulerpublisher::sync {

// Pure, over listings (spec: release-repository.md).  A listing is a hint: what exists is decided by asking.

// The versions whose folders lie at the root of a source: `openEuler-24.03-LTS-SP1`, written exactly so.
// Look-alikes (`openEuler-24.03-LTS-SP1-test`, `openEuler-preview`) are none.  Ascending.
std::vector<Version> versions_in(const Listing& root);

// The dated updates of a version, as its folder `docker_img/update` lists them: newest first.  `current` and
// whatever is no date of the calendar is none.
std::vector<ReleaseIndex> updates_in(const Listing& updates);

}  // namespace eulerpublisher::sync
