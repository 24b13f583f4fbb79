#include "fuzz/target.h"
#include "image/convert.h"
#include "release/rollback.h"

using namespace eulerpublisher;

// What we have written ourselves may come back changed.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  (void)parse_receipt(text_of(data, size));
  (void)ConvertedImage::parse(text_of(data, size));
  return 0;
}
