#pragma once

#include <filesystem>

namespace eulerpublisher::test {

// Where the tests run.  CMake writes the answers into a file of their own, so that no test differs by the
// folder it is built in and a compiler cache serves several checkouts.

// The project's folder.
std::filesystem::path source_folder();
// The eulerpublisher of this build.
std::filesystem::path program();

}  // namespace eulerpublisher::test
