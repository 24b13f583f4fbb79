#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "catalogue/catalogue.h"

namespace eulerpublisher::catalogue {

// Reads one image-list.yml: the images it names, each once, in its order and still without entries.  `file`
// is its place, its folder the scene.  An image whose name stands twice with different folders is none, as is
// one that no registry could take; what is wrong is added to `findings`.  Any bytes.
std::vector<Image> read_image_list(std::string_view text, const std::string& file, const std::string& scene,
                                   Findings& findings);

}  // namespace eulerpublisher::catalogue
