#include <algorithm>
#include <atomic>
#include <set>

#include "base/guarded.h"
#include "base/task_group.h"
#include "check/check.h"
#include "oci/media_type.h"

namespace eulerpublisher {
namespace {

constexpr uint64_t config_limit = 4 << 20;
constexpr size_t most_at_once = 4;  // layers

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
  return CheckedPlatform{platform, descriptor, std::move(manifest), std::move(config), {}, {}, {}, {}, {}};
}

// Every layer of the image that is not known yet, read once, however many platforms have it.
class LayerReading {
 public:
  LayerReading(RepositoryReader& reader, const InspectedLayers& known) : reader_(reader), known_(known) {}

  // What reading them would cost.
  uint64_t bytes_of(const std::vector<CheckedPlatform>& platforms) const {
    uint64_t bytes = 0;
    for (const Descriptor* layer : unknown(platforms)) bytes += layer->size;
    return bytes;
  }

  Done read(const std::vector<CheckedPlatform>& platforms, std::stop_token stop) {
    std::vector<const Descriptor*> wanted = unknown(platforms);
    std::atomic<size_t> next = 0;
    TaskGroup readers(stop);
    for (size_t i = 0; i < std::min(wanted.size(), most_at_once); ++i)
      readers.add([&](std::stop_token stop) -> Done {
        for (size_t mine = next++; mine < wanted.size(); mine = next++) TRY(read_one(*wanted[mine], stop));
        return {};
      });
    return readers.wait();
  }

  // Puts together what a platform's layers turned out to hold.
  void assemble(CheckedPlatform& platform) {
    auto read = read_.lock();
    RootView root;
    std::vector<InspectedLayer> layers;
    for (const Descriptor& layer : platform.content->layers) {
      auto damaged = read->damaged.find(layer.digest);
      if (damaged != read->damaged.end()) {
        platform.unreadable = fmt::format("layer {} is damaged: {}", layer.digest.brief(), damaged->second);
        return;
      }
      auto known = known_.find(layer.digest);
      layers.push_back(known != known_.end() ? known->second : read->layers.at(layer.digest));
      root.add(layers.back().report);
    }
    platform.layers = std::move(layers);
    platform.root = std::move(root);
  }

 private:
  std::vector<const Descriptor*> unknown(const std::vector<CheckedPlatform>& platforms) const {
    std::vector<const Descriptor*> all;
    std::set<Digest> listed;
    for (const CheckedPlatform& platform : platforms)
      for (const Descriptor& layer : platform.content->layers)
        if (!known_.contains(layer.digest) && listed.insert(layer.digest).second) all.push_back(&layer);
    return all;
  }

  Done read_one(const Descriptor& layer, std::stop_token stop) {
    auto source = TRY(reader_.open_blob(layer, 0, stop).within("reading layer {}", layer.digest.brief()));
    auto layer_read = inspect_layer(*source, LayerLimits{}, stop);
    if (!layer_read && layer_read.error().kind() == ErrorKind::corrupt) {
      read_.lock()->damaged.emplace(layer.digest, layer_read.error().text());
      return {};
    }
    auto inspected = TRY(std::move(layer_read).within("reading layer {}", layer.digest.brief()));
    read_.lock()->layers.emplace(layer.digest, std::move(inspected));
    return {};
  }

  struct Read {
    InspectedLayers layers;
    std::map<Digest, std::string> damaged;
  };
  RepositoryReader& reader_;
  const InspectedLayers& known_;
  Guarded<Read> read_;
};

bool all_known(const CheckedPlatform& platform, const InspectedLayers& known) {
  return std::ranges::all_of(platform.content->layers,
                             [&](const Descriptor& layer) { return known.contains(layer.digest); });
}

// One after another: a database is copied and read in milliseconds.
Done read_packages_of(CheckedImage& image, const PackageReader& packages, std::stop_token stop) {
  for (CheckedPlatform& platform : image.platforms) {
    if (!platform.root) continue;
    auto read = packages(*platform.root, stop);
    if (read) {
      platform.packages = std::move(*read);
    } else if (read.error().kind() == ErrorKind::cancelled) {
      return std::move(read).error();
    } else {
      platform.packages_fault = read.error();
    }
  }
  return {};
}

}  // namespace

Result<CheckedImage> read_image(RepositoryReader& reader, const Descriptor& top, const InspectedLayers& known,
                                Unread unread, std::stop_token stop, const PackageReader& packages,
                                uint64_t most) {
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
  LayerReading layers(reader, known);
  if (layers.bytes_of(image.platforms) > most) unread = Unread::leave;
  if (unread == Unread::read) TRY(layers.read(image.platforms, stop));
  for (CheckedPlatform& platform : image.platforms)
    if (unread == Unread::read || all_known(platform, known)) layers.assemble(platform);
  if (packages) TRY(read_packages_of(image, packages, stop));
  return image;
}

}  // namespace eulerpublisher
