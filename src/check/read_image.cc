#include <algorithm>

#include "base/task_group.h"
#include "check/check.h"
#include "oci/media_type.h"

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
  return CheckedPlatform{platform, descriptor, std::move(manifest), std::move(config), {}, {}, {}};
}

// All layers of a platform: those that are known already, and the others read, each once.
Done read_layers(RepositoryReader& reader, CheckedPlatform& platform, const InspectedLayers& known,
                 std::stop_token stop) {
  RootView root;
  std::vector<InspectedLayer> layers;
  for (const Descriptor& layer : platform.content->layers) {
    auto there = known.find(layer.digest);
    if (there != known.end()) {
      layers.push_back(there->second);
    } else {
      auto source = TRY(reader.open_blob(layer, 0, stop));
      auto read = inspect_layer(*source, LayerLimits{}, stop);
      if (!read && read.error().kind() == ErrorKind::corrupt) {
        platform.unreadable =
            fmt::format("layer {} is damaged: {}", layer.digest.brief(), read.error().text());
        return {};
      }
      layers.push_back(TRY(std::move(read).within("reading layer {}", layer.digest.brief())));
    }
    root.add(layers.back().report);
  }
  platform.layers = std::move(layers);
  platform.root = std::move(root);
  return {};
}

bool all_known(const CheckedPlatform& platform, const InspectedLayers& known) {
  return std::ranges::all_of(platform.content->layers,
                             [&](const Descriptor& layer) { return known.contains(layer.digest); });
}

}  // namespace

Result<CheckedImage> read_image(RepositoryReader& reader, const Descriptor& top, const InspectedLayers& known,
                                Unread unread, std::stop_token stop) {
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
  TaskGroup readers(stop);
  for (CheckedPlatform& platform : image.platforms) {
    if (unread == Unread::leave && !all_known(platform, known)) continue;
    readers.add([&](std::stop_token stop) {
      return read_layers(reader, platform, known, stop).within("{}", platform.platform.text());
    });
  }
  TRY(readers.wait());
  return image;
}

}  // namespace eulerpublisher
