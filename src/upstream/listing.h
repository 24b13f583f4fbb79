#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace eulerpublisher {

// One level of a directory as a web server shows it.  Sorted, each name once, without slashes.
struct Listing {
  std::vector<std::string> folders;
  std::vector<std::string> files;
};

// Reads the links of an HTML page: nginx's autoindex and fancyindex, Apache's and others' alike.  What counts
// is the `href` of each link, unescaped and seen from `address`, the page's own; names and dates beside it
// are for people. Links to elsewhere (the parent, another host, the same page sorted otherwise, deeper
// levels) are passed over, and so are names that could not be those of a file (`..`, control characters,
// longer than 255 bytes).  Any bytes are understood: what is no listing has no links.
Listing parse_listing(std::string_view html, std::string_view address);

}  // namespace eulerpublisher
