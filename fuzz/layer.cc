#include "fuzz/target.h"
#include "inspect/inspect_layer.h"
#include "inspect/os_release.h"

using namespace eulerpublisher;

namespace {

class Given : public Source {
 public:
  explicit Given(std::string_view text) : text_(text) {}
  Result<size_t> read(std::span<std::byte> room) override {
    size_t count = text_.copy(reinterpret_cast<char*>(room.data()), room.size());
    text_.remove_prefix(count);
    return count;
  }

 private:
  std::string_view text_;
};

}  // namespace

// A layer from a registry: decompressed, its tar read, and its files looked at.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  Given layer(text_of(data, size));
  (void)inspect_layer(layer, {}, {});
  (void)os_release_value(text_of(data, size), "VERSION");
  (void)plain_version(text_of(data, size));
  return 0;
}
