#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "oci/digest.h"
#include "oci/platform.h"

namespace eulerpublisher::build {

// What a folder holds as a build sees it: names, kinds, permission bits, links and content, by one hash; not
// times and owners, which no checkout keeps.  `invalid` for what cannot be in a context (a device).
Result<Digest> hash_context(const std::filesystem::path& folder);

// Everything that an image of one platform is made from.
struct Ingredients {
  Digest context;
  std::string dockerfile;  // its text, as it stands in the context
  std::map<std::string, std::string> arguments;
  std::map<std::string, Digest> bases;  // by how the Dockerfile names them, those that are pinned
  std::string engine;                   // BuilderRule::engine: they differ in what they make of the same file
  Platform platform;
};

// One hash of all ingredients and of the version of our own doing: when a registry's image says the same,
// building it again would give nothing new.
Digest identity_of(const Ingredients& ingredients);

// Of an image with all its platforms.
Digest identity_of(const std::map<Platform, Digest>& platforms);

}  // namespace eulerpublisher::build
