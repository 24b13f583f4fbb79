#pragma once

#include <map>
#include <memory>
#include <stop_token>

#include "inspect/layer_report.h"
#include "inspect/layer_watcher.h"
#include "stream/decompress.h"
#include "stream/stream.h"

namespace eulerpublisher {

// A layer that was read once, and what its bytes turned out to be.
struct InspectedLayer {
  Digest digest;      // of the bytes as they travel
  uint64_t size = 0;  // of those
  Digest diff_id;     // of what they unpack to
  std::shared_ptr<const LayerReport> report;
  std::optional<Packing> packing = {};  // by its bytes; absent when we have compressed it ourselves
};

// By the digests they travel under.
using InspectedLayers = std::map<Digest, InspectedLayer>;

// Reads a layer, compressed or not, from front to back.  `corrupt` when it is no tar, or a damaged one.
Result<InspectedLayer> inspect_layer(Source& layer, const LayerLimits& limits, std::stop_token stop);

}  // namespace eulerpublisher
