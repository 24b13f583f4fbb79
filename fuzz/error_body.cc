#include "fuzz/target.h"
#include "http/token.h"
#include "registry/refusal.h"

using namespace eulerpublisher;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  (void)complaint_in(text_of(data, size)).text();
  (void)http::message_of(text_of(data, size));
  http::Response response;
  response.status = 401;
  response.body = std::string(text_of(data, size));
  (void)refusal(response, "registry.example/openeuler", "looking").text();
  (void)http::parse_token(response, Instant{});
  return 0;
}
