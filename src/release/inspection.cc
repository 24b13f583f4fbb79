#include "release/inspection.h"

#include "base/guarded.h"
#include "base/task_group.h"
#include "rpm/read_packages.h"

namespace eulerpublisher {
namespace {

constexpr uint64_t most_previous = 1 << 30;  // bytes of layers

}  // namespace

Result<InspectedLayers> inspect_all(const CompleteImage& image, std::stop_token stop) {
  Guarded<InspectedLayers> known;
  *known.lock() = image.inspected;
  TaskGroup readers(stop);
  for (auto& [digest, blob] : image.layers) {
    if (image.inspected.contains(digest)) continue;
    readers.add([&known, &digest = digest, &blob = blob](std::stop_token stop) -> Done {
      auto source = TRY(blob->open(0, stop).within("looking at layer {}", digest.brief()));
      auto layer =
          TRY(inspect_layer(*source, LayerLimits{}, stop).within("looking at layer {}", digest.brief()));
      known.lock()->insert_or_assign(digest, std::move(layer));
      return {};
    });
  }
  TRY(readers.wait());
  return std::move(*known.lock());
}

Result<Previous> inspect_previous(RepositoryReader& reader, const Digest& digest,
                                  const InspectedLayers& known, std::stop_token stop) {
  auto read = [&]() -> Result<CheckedImage> {
    RawManifest top = TRY(reader.manifest(digest, stop));
    return read_image(reader, top.descriptor(), known, Unread::read, stop, packages_of_root, most_previous);
  };
  auto image = read();
  if (stop.stop_requested()) return cancelled("stopped while looking at the image before");
  if (!image) return Previous{{}, "the image before it could not be read: " + image.error().text()};
  return Previous{std::move(*image), {}};
}

}  // namespace eulerpublisher
