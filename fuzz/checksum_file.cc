#include "fuzz/target.h"
#include "upstream/checksum_file.h"

using namespace eulerpublisher;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  (void)parse_checksum(text_of(data, size), "openEuler-docker.x86_64.tar.xz");
  return 0;
}
