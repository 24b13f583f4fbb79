#include "support/sample_image.h"

#include <fmt/format.h>

#include "oci/media_type.h"

namespace eulerpublisher::test {

std::string random_bytes(size_t size, unsigned seed) {
  std::string bytes(size, '\0');
  uint64_t state = seed * 2654435761u + 1;
  for (char& byte : bytes) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    byte = static_cast<char>(state >> 56);
  }
  return bytes;
}

Tag tag(const std::string& text) { return *Tag::parse(text); }

SampleImage::SampleImage(int number, const std::string& machine, size_t layer_bytes) : architecture(machine) {
  std::string tar(layer_bytes, '\0');  // an archive without members
  layer = std::make_shared<MemoryBlob>(std::string(media_type::layer_tar), tar);
  config = std::make_shared<MemoryBlob>(
      std::string(media_type::config),
      fmt::format(R"({{"architecture":"{}","os":"linux","config":{{"Env":["NUMBER={}"]}},)"
                  R"("rootfs":{{"type":"layers","diff_ids":["{}"]}}}})",
                  machine, number, digest_of(tar).text()));
  std::string type(media_type::manifest);
  manifest = {type, Manifest{type, *config->descriptor(), {*layer->descriptor()}, {}}.print()};
}

RawManifest index_of(const std::vector<SampleImage>& images) {
  Index index{std::string(media_type::index), {}, {}};
  for (const SampleImage& image : images) {
    Descriptor child = image.manifest.descriptor();
    child.platform = Platform{"linux", image.architecture, ""};
    index.manifests.push_back(std::move(child));
  }
  return {std::string(media_type::index), index.print()};
}

Done put_all(Repository& repository, const std::vector<SampleImage>& images, const Tag& tag) {
  for (const SampleImage& image : images) {
    TRY(repository.put_blob(*image.layer, {}));
    TRY(repository.put_blob(*image.config, {}));
    TRY(repository.put_manifest(image.manifest, {}));
  }
  TRY(repository.put_manifest(index_of(images), {}));
  return repository.tag(tag, index_of(images), {});
}

}  // namespace eulerpublisher::test
