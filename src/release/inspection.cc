#include "release/inspection.h"

#include "base/guarded.h"
#include "base/task_group.h"

namespace eulerpublisher {

Result<InspectedLayers> inspect_all(const CompleteImage& image, std::stop_token stop) {
  Guarded<InspectedLayers> known;
  *known.lock() = image.inspected;
  TaskGroup readers(stop);
  for (auto& [digest, blob] : image.layers) {
    if (image.inspected.contains(digest)) continue;
    readers.add([&known, &digest = digest, &blob = blob](std::stop_token stop) -> Done {
      auto source = TRY(blob->open(0, stop).within("looking at layer {}", digest.brief()));
      auto layer =
          TRY(inspect_layer(*source, LayerLimits{}, stop).within("looking at layer {}", digest.brief()));
      known.lock()->insert_or_assign(digest, std::move(layer));
      return {};
    });
  }
  TRY(readers.wait());
  return std::move(*known.lock());
}

}  // namespace eulerpublisher
