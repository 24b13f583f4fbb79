#include <cstdlib>

#include "fuzz/target.h"
#include "registry/tag_pages.h"

using namespace eulerpublisher;

// A page of a list of tags: the first line is its Link header, the rest its body.  Wherever a page leads, it
// is never to another host.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::string_view text = text_of(data, size);
  size_t end = text.find('\n');
  http::Response page;
  page.headers.add("Link", std::string(text.substr(0, end)));
  if (end != text.npos) page.body = std::string(text.substr(end + 1));
  auto first = http::Url::parse("https://registry.example/v2/openeuler/openeuler/tags/list?n=1000");
  TagPages pages(*first, "registry.example/openeuler/openeuler");
  for (int asked = 0; pages.next() && asked < 3; ++asked) {
    if (!pages.next()->same_origin(*first)) std::abort();
    if (!pages.add(page)) break;
  }
  (void)pages.tags();
  return 0;
}
