#include "support/made_image.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "oci/document.h"
#include "oci/media_type.h"
#include "stream/stream.h"

namespace eulerpublisher::test {
namespace {

using nlohmann::json;

Descriptor put(Repository& repository, std::string_view type, const std::string& bytes) {
  MemoryBlob blob(std::string(type), bytes);
  EXPECT_TRUE(repository.put_blob(blob, {}).has_value());
  return *blob.descriptor();
}

Descriptor put_platform(Repository& repository, const MadePlatform& made, Annotations annotations) {
  json diff_ids = json::array(), history = json::array();
  std::vector<Descriptor> layers;
  for (const std::string& tar : made.layers) {
    diff_ids.push_back(digest_of(tar).text());
    layers.push_back(put(repository, media_type::layer_tar, tar));
    if (!made.layer_type.empty()) layers.back().media_type = made.layer_type;
  }
  if (!made.first_diff_id.empty()) diff_ids[0] = made.first_diff_id;
  for (size_t i = 0; i < (made.steps ? made.steps : made.layers.size()); ++i)
    history.push_back({{"created_by", "test"}});
  json config{{"os", made.platform.os},
              {"architecture", made.platform.architecture},
              {"config", json::parse(made.run)},
              {"rootfs", {{"type", "layers"}, {"diff_ids", diff_ids}}},
              {"history", history}};
  annotations["org.openeuler.archive.url"] = "https://x.example/a";
  annotations["org.openeuler.archive.sha256"] = std::string(64, 'a');
  Manifest manifest{std::string(media_type::manifest), put(repository, media_type::config, config.dump()),
                    layers, annotations};
  RawManifest raw{manifest.media_type, manifest.print()};
  EXPECT_TRUE(repository.put_manifest(raw, {}).has_value());
  Descriptor descriptor = raw.descriptor();
  descriptor.platform = made.platform;
  return descriptor;
}

}  // namespace

Annotations all_annotations() {
  Annotations all{{"org.openeuler.recipe", "v1"}, {"org.opencontainers.image.version", "24.03-LTS-SP1"}};
  for (const char* key : {"title", "created", "source", "url", "vendor", "licenses", "ref.name"})
    all[std::string("org.opencontainers.image.") + key] = "x";
  return all;
}

Descriptor put_image(Repository& repository, const MadeImage& image, const Tag& tag) {
  Index index{std::string(media_type::index), {}, image.annotations};
  for (const MadePlatform& made : image.platforms) {
    index.manifests.push_back(put_platform(repository, made, image.annotations));
    std::string end = "." + made.platform.architecture;
    index.annotations["org.openeuler.archive.url" + end] = "https://x.example/a";
    index.annotations["org.openeuler.archive.sha256" + end] = std::string(64, 'a');
  }
  RawManifest raw{index.media_type, index.print()};
  EXPECT_TRUE(repository.put_manifest(raw, {}).has_value());
  EXPECT_TRUE(repository.tag(tag, raw, {}).has_value());
  return raw.descriptor();
}

}  // namespace eulerpublisher::test
