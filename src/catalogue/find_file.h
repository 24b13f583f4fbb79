#pragma once

#include <string>

#include "catalogue/catalogue.h"
#include "catalogue/tree.h"

namespace eulerpublisher::catalogue {

// Where the path of a meta.yml leads.
struct FoundFile {
  std::string file;      // below the root; empty: to none
  bool outside = false;  // it leads out of the catalogue
  std::string expected;  // where it would lie below the image's folder, when there is none
  std::string hint;      // an existing file that may be meant, for people; may be empty
};

// Looks below the image's folder, then below the catalogue's root, then below the scene and the image's
// parent; a path with a slash in front, below the image's folder only.  Case counts.
FoundFile find_file(const Tree& tree, const Image& image, const std::string& path);

}  // namespace eulerpublisher::catalogue
