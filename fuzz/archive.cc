#include "fuzz/target.h"
#include "stream/tar_reader.h"

using namespace eulerpublisher;

// A layer's tar, as it comes out of a foreign archive.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  bool given = false;
  TarReader reader([&]() -> Result<Bytes> {
    if (given) return Bytes{};
    given = true;
    return as_bytes(text_of(data, size));
  });
  for (int entries = 0; entries < 1000; ++entries) {
    auto entry = reader.next();
    if (!entry || !*entry) return 0;
    auto content = reader.content();
    if (!content) return 0;
  }
  return 0;
}
