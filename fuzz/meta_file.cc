#include <cstdlib>

#include "catalogue/meta_file.h"
#include "fuzz/target.h"

using namespace eulerpublisher;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  catalogue::Findings findings;
  for (const auto& entry : catalogue::read_meta(text_of(data, size), "AI/x/meta.yml", "x", findings))
    if (entry.place.line < 1 || entry.place.column < 1) std::abort();
  for (const auto& finding : findings)
    if (finding.place.line < 1 || finding.place.column < 1) std::abort();
  return 0;
}
