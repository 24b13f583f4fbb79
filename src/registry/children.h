#pragma once

#include <vector>

#include "base/result.h"
#include "oci/document.h"

namespace eulerpublisher {

// What a manifest or index refers to, each to be there before it: the manifests of an index, the
// configuration and layers of an image.  `corrupt` when it cannot be read, `unsupported` for other media
// types.
Result<std::vector<Descriptor>> children_of(const RawManifest& manifest);

// What a manifest's bytes say they are: their mediaType, or what their members tell.  Empty: neither manifest
// nor index.
std::string media_type_in(std::string_view bytes);

}  // namespace eulerpublisher
