#include "fuzz/target.h"
#include "upstream/listing.h"

using namespace eulerpublisher;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  (void)parse_listing(text_of(data, size), "https://repo.example/openEuler-24.03-LTS/docker_img/update/");
  return 0;
}
