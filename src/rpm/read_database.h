#pragma once

#include <filesystem>

#include "rpm/package_list.h"

namespace eulerpublisher {

// Reads an rpm database (SQLite, ndb or Berkeley DB) with librpm, which writes lock files beside it.
// `corrupt` when it cannot be read.  librpm keeps state for its process and was not made for hostile bytes:
// it is called in a process of its own (child.h), by one thread.
Result<PackageList> read_database(const std::filesystem::path& folder);

}  // namespace eulerpublisher
