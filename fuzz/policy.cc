#include "fuzz/target.h"
#include "policy/policy.h"

using namespace eulerpublisher;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (auto policy = Policy::parse(text_of(data, size), "policy.yaml"))
    for (const Version& version : policy->versions()) (void)policy->tags_of(version);
  return 0;
}
