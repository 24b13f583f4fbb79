#pragma once

#include "cli/parts.h"
#include "rollout/bases.h"

namespace eulerpublisher::cli {

// Where an application image goes: every -g, under the namespace of -p with the image's name behind it.
Result<std::vector<Destination>> destinations_of_image(const Options& options, Parts& parts,
                                                       const std::string& image);

// Where bases are looked for, and where images of this run go: the first destination.
struct Shelves {
  rollout::Shelf from;
  rollout::Shelf published;
};
// `repositories` is the namespace that Dockerfiles write.  `invalid` when --base-from is no registry. `parts`
// must outlive them.
Result<Shelves> shelves_for(const Options& options, Parts& parts, const std::string& repositories);

}  // namespace eulerpublisher::cli
