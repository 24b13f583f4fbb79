#pragma once

#include <string>

#include "check/comparison.h"

namespace eulerpublisher {

// As one JSON object, everything in it (docs/checks.md, "Two images").
std::string print_comparison(const Comparison& comparison);

}  // namespace eulerpublisher
