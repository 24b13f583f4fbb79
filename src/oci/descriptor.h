#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "oci/digest.h"
#include "oci/platform.h"

namespace eulerpublisher {

using Annotations = std::map<std::string, std::string>;

// What something is, how large, and its digest (OCI image-spec, descriptor.md).
struct Descriptor {
  std::string media_type;
  Digest digest;
  uint64_t size = 0;  // bytes
  Annotations annotations;
  std::optional<Platform> platform;

  bool operator==(const Descriptor&) const = default;
};

}  // namespace eulerpublisher
