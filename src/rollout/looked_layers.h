#pragma once

#include <set>

#include "base/guarded.h"
#include "release/complete_image.h"

namespace eulerpublisher::rollout {

// What is in the layers that several images of a run share: each is read once, by whoever comes first, while
// the others wait for him.  Safe from any thread.
class LookedLayers {
 public:
  // Looks at all layers of an image that were not looked at yet.  Those of `shared` are remembered for other
  // images; the others are not, for nobody needs them again.
  Done look(CompleteImage& image, const std::set<Digest>& shared, std::stop_token stop);

 private:
  Result<InspectedLayer> look_at(const Digest& digest, const Blob& blob, bool shared, std::stop_token stop);

  struct State {
    InspectedLayers known;
    std::set<Digest> busy;
  };
  Guarded<State> state_;
};

}  // namespace eulerpublisher::rollout
