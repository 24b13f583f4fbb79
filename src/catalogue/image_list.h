#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "catalogue/catalogue.h"

namespace eulerpublisher::catalogue {

// What an image-list.yml says.
struct ImageList {
  std::vector<Image> images;
  std::set<std::string> folders;  // below the root; also those whose images are none
};

// Reads one image-list.yml: the images it names, each once, in its order and still without entries.  `file`
// is its place, its folder the scene.  An image whose name stands twice with different folders is none, as is
// one that no registry could take; what is wrong is added to `findings`.  Any bytes.
ImageList read_image_list(std::string_view text, const std::string& file, const std::string& scene,
                          Findings& findings);

}  // namespace eulerpublisher::catalogue
