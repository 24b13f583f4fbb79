#pragma once

#include <stop_token>

#include "release/complete_image.h"

namespace eulerpublisher {

// What is in each layer of an image.  What was looked at while it was made is known; each of the others is
// read once, from wherever it lies.
Result<InspectedLayers> inspect_all(const CompleteImage& image, std::stop_token stop);

}  // namespace eulerpublisher
