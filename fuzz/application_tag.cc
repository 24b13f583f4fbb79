#include <cstdlib>

#include "catalogue/app_version.h"
#include "catalogue/path_parts.h"
#include "fuzz/target.h"
#include "policy/tag_parts.h"

using namespace eulerpublisher;

// Two tags of a catalogue, a line each: their parts, and which application version is the newer.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::string_view text = text_of(data, size);
  size_t end = text.find('\n');
  auto left = catalogue::AppVersion::read(split_tag(text.substr(0, end)).application);
  auto right = catalogue::AppVersion::read(end == text.npos ? "" : text.substr(end + 1));
  if ((left < right) != (right > left) ||
      (left == right) != catalogue::AppVersion::difference(left, right).empty())
    std::abort();
  if (auto parts = catalogue::path_parts("AI/x", text)) (void)parts->tag();
  return 0;
}
