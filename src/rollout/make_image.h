#pragma once

#include <chrono>
#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include "base/progress.h"
#include "build/builders.h"
#include "release/complete_image.h"
#include "rollout/origin.h"
#include "rollout/recipe.h"
#include "store/store.h"

namespace eulerpublisher::rollout {

// What annotations and labels say of an image beside what it is made from.
struct Provenance {
  std::string title;  // redis
  std::string tag;    // its own tag; of several the highest
  std::string source = "https://gitee.com/openeuler/openeuler-docker-images";
  std::string url = "https://www.openeuler.org";
  std::string vendor = "openEuler";
  Origin origin;
};

// Of a build of the catalogue: by its tags, and by what git knows of its context.
Result<Provenance> provenance_of(const catalogue::Build& build, const catalogue::Catalogue& catalogue,
                                 std::stop_token stop);

// How images are built, as far as a person decides it for all of them.
struct MakeTerms {
  std::string network;                             // empty: the policy's, else the engine's
  std::optional<std::chrono::seconds> time_limit;  // absent: the policy's, else two hours
  bool rebuild = false;                            // also what is in the store, and without an engine's cache
  std::filesystem::path logs;                      // a folder; made when it is needed
};

// What making images needs to have at hand.  All outlive the call.
struct MakeParts {
  build::Builders& builders;
  Store& store;
  Bases& bases;
  Progress& progress;
};

// One platform of an image, ready to be part of an index.
struct MadePlatform {
  PlatformImage image;
  std::map<Digest, std::shared_ptr<const Blob>> layers;  // of the bases: read from where the bases lie
  InspectedLayers inspected;                             // those that were built just now
  std::set<Digest> of_base = {};                         // the layers that it shares with its base
  bool was_built = false;                                // false: the store had it
};

// Takes one platform from the store when it holds this very recipe's, else has it built.
Result<MadePlatform> make_platform(const ImageRecipe& recipe, const Platform& platform,
                                   const Provenance& provenance, const MakeTerms& terms, MakeParts parts,
                                   std::stop_token stop);

// One index over platforms that were made anywhere: the manifests' annotations say what it needs to know.
// Pure.
CompleteImage assemble(std::vector<MadePlatform> platforms);

}  // namespace eulerpublisher::rollout
