#pragma once

#include <memory>

#include "rollout/make_image.h"

namespace eulerpublisher::rollout {

// One platform that a repository holds already, by its manifest's digest: nothing of its layers is read here.
// `corrupt` when its documents do not say what they should.
Result<MadePlatform> read_platform(std::shared_ptr<RepositoryReader> repository, const Digest& manifest,
                                   std::stop_token stop);

// The same for a whole image, byte for byte as it lies there.  Attestations and what else is no platform are
// not taken along: `unsupported` when there are some.
Result<CompleteImage> read_image(std::shared_ptr<RepositoryReader> repository, const Digest& index,
                                 std::stop_token stop);

}  // namespace eulerpublisher::rollout
