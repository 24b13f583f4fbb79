#include <cstdlib>

#include "catalogue/image_list.h"
#include "fuzz/target.h"

using namespace eulerpublisher;

// No image of a list lies outside of the catalogue.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  catalogue::Findings findings;
  for (const auto& image :
       catalogue::read_image_list(text_of(data, size), "AI/image-list.yml", "AI", findings).images)
    if (image.folder.starts_with("/") || ("/" + image.folder + "/").find("/../") != std::string::npos)
      std::abort();
  return 0;
}
