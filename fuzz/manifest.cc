#include <cstdlib>

#include "fuzz/target.h"
#include "oci/document.h"

using namespace eulerpublisher;

// What was read, printed and read again must be the same.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  auto once = Manifest::parse(text_of(data, size));
  if (!once) return 0;
  std::string printed = once->print();
  auto again = Manifest::parse(printed);
  if (!again || again->print() != printed) std::abort();
  return 0;
}
