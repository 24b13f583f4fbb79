#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "catalogue/catalogue.h"

namespace eulerpublisher::catalogue {

// Reads one meta.yml in any of its three forms (`tag: {path: P, arch: A}`, `tag: P`, `tag: [P]`), every key
// and value as it is written.  `file` is its place; what is wrong is added to `findings`, with `image` in
// front of the tags they are about.  The files that entries name have not been looked for yet.  Any bytes.
std::vector<Entry> read_meta(std::string_view text, const std::string& file, const std::string& image,
                             Findings& findings);

}  // namespace eulerpublisher::catalogue
