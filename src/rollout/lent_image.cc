#include "rollout/lent_image.h"

#include "oci/media_type.h"
#include "release/lent_blob.h"
#include "release/survey.h"
#include "store/blobs.h"

namespace eulerpublisher::rollout {

Result<MadePlatform> read_platform(std::shared_ptr<RepositoryReader> repository, const Digest& manifest,
                                   std::stop_token stop) {
  RawManifest raw = TRY(repository->manifest(manifest, stop));
  auto document = TRY(Document<Manifest>::parse(raw.bytes));
  auto source = TRY(repository->open_blob(document->config, 0, stop));
  std::string config = TRY(read_all(*source, document_limit));
  if (digest_of(config) != document->config.digest)
    return corrupt("the configuration of {} is not what its digest says", manifest.text());
  Platform platform = TRY(Config::parse(config)).platform;
  std::vector<Descriptor> layers = document->layers;
  MadePlatform made{{platform, std::move(config), layers, std::move(document)}, {}, {}, {}, false};
  for (const Descriptor& layer : layers)
    made.layers.try_emplace(layer.digest, std::make_shared<LentBlob>(repository, layer));
  return made;
}

Result<CompleteImage> read_image(std::shared_ptr<RepositoryReader> repository, const Digest& index,
                                 std::stop_token stop) {
  RawManifest raw = TRY(repository->manifest(index, stop));
  if (media_type::is_manifest(raw.media_type)) return unsupported("{} is no index", index.text());
  auto document = TRY(Document<Index>::parse(raw.bytes));
  Content content = content_of(*document);
  CompleteImage image{{}, std::move(document), {}, std::move(content), {}};
  for (const Descriptor& entry : image.index->manifests) {
    MadePlatform one = TRY(read_platform(repository, entry.digest, stop));
    if (!entry.platform || !same_machine(*entry.platform, one.image.platform))
      return unsupported("{} lists {}, which is no platform's image", index.text(), entry.digest.text());
    image.platforms.push_back(std::move(one.image));
    image.layers.merge(one.layers);
  }
  return image;
}

}  // namespace eulerpublisher::rollout
