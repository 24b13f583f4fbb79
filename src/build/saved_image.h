#pragma once

#include <filesystem>
#include <stop_token>

#include "build/builder.h"
#include "store/store.h"

namespace eulerpublisher::build {

// Takes an image of one platform out of the archive that an engine saved it in: a docker-archive (`docker
// save`, `podman push docker-archive:`), before Docker 25 and since, or an OCI layout in a tar (buildx).
// Layers that unpack to a known one become that one, so that registries keep each base once; plain ones are
// compressed as we compress; those that are compressed already stay as they are.  The file is read twice, the
// second time only where there is a layer to take; nothing is unpacked.  `corrupt` when its parts do not
// agree, or it is an image for another platform; `unsupported` for what it cannot read.
Result<BuiltImage> take_saved_image(const std::filesystem::path& archive, const Platform& platform,
                                    const KnownLayers& known, Store& store, std::stop_token stop);

}  // namespace eulerpublisher::build
