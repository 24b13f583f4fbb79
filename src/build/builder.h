#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "inspect/inspect_layer.h"
#include "oci/descriptor.h"
#include "oci/platform.h"

namespace eulerpublisher::build {

// Layers that lie in registries already, by what they unpack to: those of the bases.
using KnownLayers = std::map<Digest, Descriptor>;

// One image of one platform to be built.  A value.
struct BuildJob {
  std::string name;               // for people, and fit for the names of files: redis_8.0.2-oe2403sp1
  std::filesystem::path context;  // handed to the engine as it is
  std::string dockerfile;         // its text, with the bases pinned; the file in the context is not used
  Platform platform;
  std::map<std::string, std::string> arguments = {};
  std::map<std::string, std::string> labels = {};  // of the image's configuration
  std::optional<int64_t> source_date_epoch = {};   // seconds; absent: the engine takes the time of the day
  std::string network = {};                        // of RUN lines; empty: the engine's default
  bool fresh = false;                              // nothing is taken from an engine's cache of steps
  bool plain_http = false;                         // bases come from a registry without TLS
  std::chrono::seconds patience = std::chrono::hours(2);
  std::filesystem::path log = {};  // gets all that the engine says; its folder is there
  KnownLayers base_layers = {};
};

// What an engine made of a job: what a manifest needs.  Annotations are no engine's business: whoever makes
// the manifest puts them there.
struct BuiltImage {
  Platform platform;
  std::string config;              // exact bytes, also in the store
  std::vector<Descriptor> layers;  // the lowest first; those of the bases are the bases' own
  InspectedLayers inspected = {};  // those that lie in the store: all but the bases'
  std::string created = {};        // RFC 3339, as the configuration says
};

// An engine that builds Dockerfiles.  Safe from any thread.
class Builder {
 public:
  virtual ~Builder() = default;

  // `buildah`, `buildx:farm`: for people.
  virtual std::string name() const = 0;
  // Whether it can build for this platform, before anything is begun; the error says what is missing.
  virtual Done can_build(const Platform& platform, std::stop_token stop) = 0;
  // Builds, and puts the new layers and the configuration into the store.  Leaves nothing else behind,
  // however it ends.  `unavailable` when the engine failed or its time was up, with its last words and where
  // the rest is; `corrupt` when its result is not what it claims; `cancelled`.
  virtual Result<BuiltImage> build(const BuildJob& job, std::stop_token stop) = 0;
};

}  // namespace eulerpublisher::build
