#pragma once

#include <filesystem>

namespace eulerpublisher::test {

// Writes the three scenes of the real catalogue that lie beside the project in ../shared/catalogue into a
// folder: their lists and every meta.yml as they are, and Dockerfiles that hold what theirs build on.  False
// when they are not there.
bool write_real_scenes(const std::filesystem::path& folder);

}  // namespace eulerpublisher::test
