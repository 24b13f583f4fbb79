#pragma once

#include <string_view>
#include <vector>

#include "base/result.h"

namespace eulerpublisher {

// The headers in a Packages.db, the database that rpm calls ndb; they stay in `file`.  Any bytes may be
// handed in; `corrupt` when this is no such file or a damaged one.  Debian's librpm is built without ndb, so
// this much of it is read here.
Result<std::vector<std::string_view>> ndb_headers(std::string_view file);

}  // namespace eulerpublisher
