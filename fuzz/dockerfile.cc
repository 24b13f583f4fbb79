#include <cstdlib>

#include "catalogue/dockerfile.h"
#include "fuzz/target.h"

using namespace eulerpublisher;

// A Dockerfile of somebody else's image: what it is built on, and what there is to say on it.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  catalogue::Findings findings;
  auto file = catalogue::Dockerfile::read(text_of(data, size), "AI/x/1.0/24.03-lts/Dockerfile", findings);
  for (const catalogue::Finding& finding : findings)
    if (finding.place.line < 1 || finding.place.column < 1) std::abort();
  for (const char* architecture : {"amd64", "arm64"})
    (void)file.bases(*Platform::parse(architecture), {{"VERSION", "1.0"}});
  return 0;
}
