#pragma once

#include <filesystem>
#include <stop_token>

#include "engine/engine.h"

namespace eulerpublisher {

// Unpacks all layers of an image over one another into `root`, an empty folder, as container engines do: with
// owners (when we are root; else all is ours), modes, modification times, extended attributes, hard links and
// whiteouts (OCI image-spec, layer.md).  Device nodes are left out: a container gets its own.
//
// Layers may be written by an enemy.  Nothing is written outside `root`: links are followed within it as if
// it were / (openat2 with RESOLVE_IN_ROOT, Linux 5.6), absolute names begin there, and a name with `..` is
// `corrupt`; so is a layer whose bytes are not what its digest says.
Done unpack(const ImageToRun& image, const std::filesystem::path& root, std::stop_token stop);

}  // namespace eulerpublisher
