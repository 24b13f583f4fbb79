#pragma once

#include <string>
#include <vector>

#include "oci/descriptor.h"
#include "registry/repository.h"

namespace eulerpublisher::test {

// One platform of an image that a test makes; what its documents say is true unless they are told to lie.
struct MadePlatform {
  Platform platform;
  std::vector<std::string> layers;          // tars, the lowest first
  std::string run = R"({"Cmd":["bash"]})";  // `config` of the configuration, JSON
  std::string layer_type = {};              // of all layers; empty: what they are
  std::string first_diff_id = {};           // empty: what it is
  size_t steps = 0;                         // of its history; 0: as many as layers
};

struct MadeImage {
  std::vector<MadePlatform> platforms;
  Annotations annotations;
};

// Annotations as those of our base images are: all that are wanted.
Annotations all_annotations();

// Puts an image into a repository, and lets a tag name it.
Descriptor put_image(Repository& repository, const MadeImage& image, const Tag& tag);

}  // namespace eulerpublisher::test
