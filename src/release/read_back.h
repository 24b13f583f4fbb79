#pragma once

#include <chrono>

#include "base/clock.h"
#include "registry/repository.h"
#include "release/complete_image.h"

namespace eulerpublisher {

// Compares what a repository holds under our digests with what we made: index, manifests and configurations
// by their bytes, layers by their size, and with `bytes` by reading and hashing every one.  `corrupt` names
// the first difference, `not_found` what is missing.
Done read_back(RepositoryReader& repository, const CompleteImage& image, bool bytes, std::stop_token stop);

// Whether a tag answers with this digest to somebody without credentials.
struct PublicView {
  enum class State { agrees, differs, absent, private_repository, could_not_look };
  Tag tag;
  State state;
  std::string text;  // for people; empty when it agrees
};

// How long caches between us and a registry are given to forget what a tag named before.
inline constexpr std::chrono::seconds patience_with_caches{2};

// Looks at every tag as the public does.  One that names something else or nothing is looked at once more
// after a short wait, and only then believed.  Never fails: what could not be seen is said in the view.
std::vector<PublicView> look_as_public(RepositoryReader& as_public, const std::vector<Tag>& tags,
                                       const Digest& expected, Clock& clock, std::stop_token stop);

}  // namespace eulerpublisher
