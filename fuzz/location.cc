#include "fuzz/target.h"
#include "http/url.h"

using namespace eulerpublisher;

// Location: an address that a server names, seen from the one that was asked.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::string text(text_of(data, size));
  auto base = http::Url::parse("https://registry.example/v2/openeuler/openeuler/blobs/uploads/1?_state=x");
  if (auto url = base->resolve(text)) (void)url->shown();
  if (auto url = base->resolve_behind_proxy(text)) (void)url->shown();
  if (auto url = http::Url::parse(text)) (void)url->same_origin(*base);
  return 0;
}
