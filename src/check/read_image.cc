#include <algorithm>
#include <memory>

#include "base/task_group.h"
#include "check/check.h"
#include "image/layer_scan.h"
#include "oci/media_type.h"
#include "stream/decompress.h"

namespace eulerpublisher {
namespace {

constexpr uint64_t config_limit = 4 << 20;

Result<CheckedPlatform> read_platform(RepositoryReader& reader, const Descriptor& descriptor,
                                      std::stop_token stop) {
  RawManifest raw = TRY(reader.manifest(descriptor.digest, stop));
  auto manifest = TRY(Document<Manifest>::parse(raw.bytes));
  auto source = TRY(reader.open_blob(manifest->config, 0, stop));
  std::string bytes = TRY(read_all(*source, config_limit));
  if (digest_of(bytes) != manifest->config.digest)
    return corrupt("the configuration {} has other bytes than its digest says",
                   manifest->config.digest.brief());
  auto config = TRY(Document<Config>::parse(std::move(bytes)));
  Platform platform = descriptor.platform.value_or(config->platform);
  return CheckedPlatform{platform, descriptor, std::move(manifest), std::move(config), {}};
}

// Reads one layer once: its digest, its diff_id and the facts in it.
Result<LayerFacts> read_layer(RepositoryReader& reader, const Descriptor& layer, const Digest& diff_id,
                              std::stop_token stop) {
  auto tar = TRY(decompress(TRY(reader.open_blob(layer, 0, stop))));
  std::vector<std::byte> buffer(256 * 1024);
  Sha256 hash;
  auto supply = [&]() -> Result<Bytes> {
    if (stop.stop_requested()) return cancelled("stopped");
    size_t count = TRY(tar->read(buffer));
    Bytes bytes = Bytes(buffer).first(count);
    hash.update(bytes);
    return bytes;
  };
  auto facts = std::make_shared<FactsWatcher>();
  TRY(watch_layer(supply, {facts}, ArchiveLimits{}));
  while (true) {
    Bytes rest = TRY(supply());
    if (rest.empty()) break;
  }
  Digest found = hash.digest();
  if (found != diff_id)
    return corrupt("layer {} unpacks to {}, the configuration says {}", layer.digest.brief(), found.brief(),
                   diff_id.brief());
  return facts->take();
}

Done read_layers(RepositoryReader& reader, CheckedPlatform& platform, std::stop_token stop) {
  const auto& layers = platform.content->layers;
  const auto& diff_ids = platform.config->diff_ids;
  if (layers.size() != diff_ids.size())
    return corrupt("{}: {} layers, but {} diff_ids", platform.platform.text(), layers.size(),
                   diff_ids.size());
  RootView root;
  for (size_t i = 0; i < layers.size(); ++i)
    root.add(TRY(read_layer(reader, layers[i], diff_ids[i], stop)
                     .within("reading layer {} of {}", i + 1, platform.platform.text())));
  platform.root = std::move(root);
  return {};
}

}  // namespace

Result<CheckedImage> read_image(RepositoryReader& reader, const Descriptor& top, bool layers,
                                std::stop_token stop) {
  CheckedImage image{top, {}, {}};
  RawManifest raw = TRY(reader.manifest(top.digest, stop));
  if (media_type::is_index(raw.media_type)) {
    image.index = TRY(Document<Index>::parse(raw.bytes));
    for (const Descriptor& child : (*image.index)->manifests) {
      if (child.platform && child.platform->os == "unknown") continue;  // an attestation
      image.platforms.push_back(TRY(read_platform(reader, child, stop)));
    }
  } else {
    image.platforms.push_back(TRY(read_platform(reader, raw.descriptor(), stop)));
  }
  if (!layers) return image;
  TaskGroup readers(stop);
  for (CheckedPlatform& platform : image.platforms)
    readers.add([&](std::stop_token stop) { return read_layers(reader, platform, stop); });
  TRY(readers.wait());
  return image;
}

}  // namespace eulerpublisher
