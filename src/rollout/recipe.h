#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "build/pin.h"
#include "catalogue/build_plan.h"
#include "policy/policy.h"
#include "rollout/bases.h"

namespace eulerpublisher::rollout {

// What one platform of an image is made from, with everything that can still move pinned.
struct PlatformRecipe {
  Platform platform;
  std::string dockerfile;         // as it is built
  std::vector<PinnedBase> bases;  // each once
  std::string root;  // what the last stage begins with, as the Dockerfile names it; empty: scratch
  std::optional<Digest> root_digest;  // where that is one of the bases
  std::string engine;                 // the kind that builds it
  Digest identity;
};

// What an image is made from, for all its platforms.
struct ImageRecipe {
  std::string id;                 // of the build: redis_8.0.2-oe2403sp1
  std::filesystem::path context;  // of the machine that we are on
  BuildRules rules;
  std::map<Platform, PlatformRecipe> platforms;

  // Of an image with these platforms.
  Digest identity(const std::vector<Platform>& of) const;
  // All bases of these platforms, by their names.
  std::map<std::string, Digest> bases(const std::vector<Platform>& of) const;
};

// What making a recipe needs to know.  All outlive the call.
struct RecipeParts {
  const catalogue::Catalogue& catalogue;
  const Policy& policy;
  Bases& bases;
  // The kind of engine for a platform, or nothing (Builders::kind_for).
  std::function<std::optional<std::string>(const Platform&)> engine_for;
};

// Reads the context and looks up the bases; builds nothing.  `not_found` when a base is missing,
// `unsupported` for a Distrofile and for platforms that no builder is given.
Result<ImageRecipe> make_recipe(const catalogue::Build& build, const RecipeParts& parts,
                                std::stop_token stop);

}  // namespace eulerpublisher::rollout
