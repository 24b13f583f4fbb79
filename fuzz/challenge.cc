#include "fuzz/target.h"
#include "http/challenge.h"
#include "http/token.h"

using namespace eulerpublisher;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::string text(text_of(data, size));
  for (const auto& challenge : http::parse_challenges({text, text})) (void)challenge.get("realm");
  (void)http::parse_scope(text);
  (void)http::access_of(text);
  return 0;
}
