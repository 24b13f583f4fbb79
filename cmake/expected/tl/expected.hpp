#pragma once

// Stands in for tl::expected where no package brings it (openEuler 24.03): the standard library's own, which GCC
// has since 12 and which is what tl::expected was written after.  CMakeLists.txt decides; C++23 mode.

#include <expected>

namespace tl {
using std::expected;
using std::unexpect;
using std::unexpected;
}  // namespace tl
