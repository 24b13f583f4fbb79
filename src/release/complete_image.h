#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "inspect/inspect_layer.h"
#include "oci/document.h"
#include "oci/platform.h"
#include "policy/plan.h"
#include "stream/stream.h"

namespace eulerpublisher {

// What a registry holds of one platform of an image.
struct PlatformImage {
  Platform platform;
  std::string config;  // exact bytes
  std::vector<Descriptor> layers;
  Document<Manifest> manifest;
};

// An image as a whole, wherever it came from: everything a registry needs to hold it.  A value; the layers'
// bytes are read when they are sent.
struct CompleteImage {
  std::vector<PlatformImage> platforms;
  Document<Index> index;
  std::map<Digest, std::shared_ptr<const Blob>> layers;  // of all platforms
  Content content;                                       // what its annotations say it is made of
  InspectedLayers inspected = {};                        // those that were looked at while they were made

  RawManifest raw_index() const { return {index->media_type, index.bytes()}; }
};

}  // namespace eulerpublisher
