#include "fuzz/target.h"
#include "http/retrying.h"
#include "registry/upload_session.h"

using namespace eulerpublisher;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  http::Response response;
  std::string text(text_of(data, size));
  response.headers.add("Range", text);
  response.headers.add("Retry-After", text);
  (void)bytes_received(response);
  (void)http::retry_after(response, Instant{});
  return 0;
}
