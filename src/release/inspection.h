#pragma once

#include <optional>
#include <stop_token>
#include <string>

#include "check/check.h"
#include "release/complete_image.h"

namespace eulerpublisher {

// What is in each layer of an image.  What was looked at while it was made is known; each of the others is
// read once, from wherever it lies.
Result<InspectedLayers> inspect_all(const CompleteImage& image, std::stop_token stop);

// What an image that is to be replaced holds.
struct Previous {
  std::optional<CheckedImage> image;  // without its layers where they are large: that is not worth a download
  std::string unknown;                // why there is none
};

// Reads it, layers that are `known` already excepted.  Fails only when it is stopped: an old image that
// cannot be read hinders no new one.
Result<Previous> inspect_previous(RepositoryReader& reader, const Digest& digest,
                                  const InspectedLayers& known, std::stop_token stop);

}  // namespace eulerpublisher
