#include "inspect/inspect_layer.h"

#include <algorithm>

#include "inspect/layer_inspector.h"
#include "stream/decompress.h"
#include "stream/hashing.h"

namespace eulerpublisher {
namespace {

constexpr size_t buffer_size = 1 << 20;  // so that most files lie together in it

// Passes bytes on and remembers the first of them.
class Remembering : public Source {
 public:
  explicit Remembering(Source& inner) : inner_(inner) {}
  Result<size_t> read(std::span<std::byte> room) override {
    size_t count = TRY(inner_.read(room));
    head_ += as_text(Bytes(room).first(std::min(count, wanted - head_.size())));
    return count;
  }
  const std::string& head() const { return head_; }

 private:
  static constexpr size_t wanted = 6;
  Source& inner_;
  std::string head_;
};

}  // namespace

Result<InspectedLayer> inspect_layer(Source& layer, const LayerLimits& limits, std::stop_token stop) {
  Remembering beginning(layer);
  auto counted = std::make_unique<HashingSource>(beginning, std::move(stop));
  HashingSource& compressed = *counted;
  auto decompressed = TRY(decompress(std::move(counted)));
  HashingSource tar(*decompressed);
  std::vector<std::byte> buffer(buffer_size);
  auto supply = [&]() -> Result<Bytes> {
    size_t filled = 0;
    while (filled < buffer.size()) {
      size_t count = TRY(tar.read(std::span(buffer).subspan(filled)));
      if (count == 0) break;
      filled += count;
    }
    return Bytes(buffer).first(filled);
  };
  LayerInspector inspector;
  // A file without a byte is no tar to libarchive, but an empty layer to everybody else.
  Bytes head = TRY(supply());
  bool first = true;
  if (!head.empty())
    TRY(watch_layer(
        [&]() -> Result<Bytes> { return std::exchange(first, false) ? Result<Bytes>(head) : supply(); },
        inspector, limits));
  Digest diff_id = TRY(tar.digest());
  Digest digest = TRY(compressed.digest());
  return InspectedLayer{std::move(digest), compressed.bytes_read(), std::move(diff_id), inspector.take(),
                        packing_of(beginning.head())};
}

}  // namespace eulerpublisher
