#pragma once

#include <memory>

#include "check/check.h"

namespace eulerpublisher {

// Each check by itself; what it is for is in its reason().
std::unique_ptr<Check> tags_check();
std::unique_ptr<Check> platforms_check();
std::unique_ptr<Check> blobs_check();
std::unique_ptr<Check> configuration_check();
std::unique_ptr<Check> os_release_check();
std::unique_ptr<Check> architecture_check();

}  // namespace eulerpublisher
