#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "catalogue/catalogue.h"

namespace eulerpublisher::catalogue {

// A row of a table of tags, as people write it into README.md and doc/image-info.yml:
// `| [7.2.4-oe2203sp3](https://…/Dockerfile) | Redis 7.2.4 on openEuler 22.03-LTS-SP3 | amd64, arm64 |`.
struct TagRow {
  int line = 1;
  int column = 1;                 // of the tag
  std::vector<std::string> tags;  // mostly one
  std::string link;               // where the tag leads to; may be empty
  std::string currently;          // what it is, in people's words
  std::string architectures;      // as written; empty where the table has no such column
};

// The first Markdown table in a text whose first column is called `Tag` or `Tags`.
struct TagTable {
  int line = 1;                     // of its titles
  int column = 1;                   // likewise
  std::vector<std::string> titles;  // as written
  std::vector<TagRow> rows;
};

// Nothing when there is none.  Any bytes; the table may be indented, as it is within YAML.
std::optional<TagTable> find_tag_table(std::string_view text);

// Which file of the catalogue a link leads to, when it leads to one of a git forge (…/blob/BRANCH/FILE).
std::optional<std::string> file_behind(std::string_view link);

// The table as it should be, in Markdown: the tags of an image's meta.yml in their order.  What people wrote
// in `before` about a tag is kept, as are its titles and where its links lead to.
std::string tag_table_of(const Image& image, const std::optional<TagTable>& before);

}  // namespace eulerpublisher::catalogue
