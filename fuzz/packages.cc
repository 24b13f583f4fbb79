#include <cstdlib>

#include "fuzz/target.h"
#include "rpm/ndb.h"
#include "rpm/package_list.h"

using namespace eulerpublisher;

// What an image's database of packages holds: the file that rpm calls ndb, whose headers must lie within it,
// and the list that the process which reads databases prints.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::string_view text = text_of(data, size);
  if (auto headers = ndb_headers(text))
    for (std::string_view header : *headers)
      if (header.data() < text.data() || header.data() + header.size() > text.data() + text.size())
        std::abort();
  if (auto packages = parse_packages(text)) {
    auto again = parse_packages(print_packages(*packages));
    if (!again || *again != *packages) std::abort();
  }
  return 0;
}
