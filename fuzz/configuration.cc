#include "fuzz/target.h"
#include "oci/document.h"

using namespace eulerpublisher;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  (void)Config::parse(text_of(data, size));
  return 0;
}
