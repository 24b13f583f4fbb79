#include "engine/unpack.h"

#include <vector>

#include "engine/root_folder.h"
#include "stream/decompress.h"
#include "stream/hashing.h"

namespace eulerpublisher {
namespace {

// Passes on what a source that belongs to somebody else gives.
class Passing : public Source {
 public:
  explicit Passing(Source& inner) : inner_(inner) {}
  Result<size_t> read(std::span<std::byte> room) override { return inner_.read(room); }

 private:
  Source& inner_;
};

Done unpack_layer(const ImageToRun& image, const Descriptor& layer, RootFolder& root, std::stop_token stop) {
  auto stored = TRY(image.open_layer(layer, stop));
  HashingSource hashed(*stored, stop);
  auto tar = TRY(decompress(std::make_unique<Passing>(hashed)));
  std::vector<std::byte> block(1 << 18);
  TarReader reader([&]() -> Result<Bytes> {
    size_t count = TRY(tar->read(block));
    return Bytes(block.data(), count);
  });
  root.begin_layer();
  while (auto entry = TRY(reader.next())) TRY(root.add(*entry, reader));
  if (TRY(hashed.digest()) != layer.digest) return corrupt("its bytes are not what its digest says");
  return {};
}

}  // namespace

Done unpack(const ImageToRun& image, const std::filesystem::path& folder, std::stop_token stop) {
  RootFolder root = TRY(RootFolder::open(folder));
  for (const Descriptor& layer : image.manifest->layers)
    TRY(unpack_layer(image, layer, root, stop).within("unpacking layer {}", layer.digest.brief()));
  return {};
}

}  // namespace eulerpublisher
