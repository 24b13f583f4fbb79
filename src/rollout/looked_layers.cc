#include "rollout/looked_layers.h"

namespace eulerpublisher::rollout {

Done LookedLayers::look(CompleteImage& image, const std::set<Digest>& shared, std::stop_token stop) {
  for (const auto& [digest, blob] : image.layers) {
    bool is_shared = shared.contains(digest);
    auto known = image.inspected.find(digest);
    if (known == image.inspected.end())
      known = image.inspected.emplace(digest, TRY(look_at(digest, *blob, is_shared, stop))).first;
    if (is_shared) state_.lock()->known.insert(*known);
  }
  return {};
}

Result<InspectedLayer> LookedLayers::look_at(const Digest& digest, const Blob& blob, bool shared,
                                             std::stop_token stop) {
  if (shared) {
    auto state = state_.lock();
    if (!state.wait(stop, [&](const State& now) { return !now.busy.contains(digest); }))
      return cancelled("stopped while waiting for a look at layer {}", digest.brief());
    auto known = state->known.find(digest);
    if (known != state->known.end()) return known->second;
    state->busy.insert(digest);
  }
  auto look = [&]() -> Result<InspectedLayer> {
    auto source = TRY(blob.open(0, stop));
    return inspect_layer(*source, LayerLimits{}, stop);
  };
  auto layer = look().within("looking at layer {}", digest.brief());
  if (shared) {
    auto state = state_.lock();
    state->busy.erase(digest);
    if (layer) state->known.insert_or_assign(digest, *layer);
    state.notify();
  }
  return layer;
}

}  // namespace eulerpublisher::rollout
