#include "rollout/bases.h"

#include "oci/document.h"
#include "oci/media_type.h"
#include "release/lent_blob.h"
#include "store/blobs.h"

namespace eulerpublisher::rollout {

Result<PinnedBase> Bases::pin(const Shelf& shelf, const std::string& shown, const std::string& name,
                              const Digest& digest) {
  if (shelf.address.empty())
    return unsupported(
        "{} lies in {}, from where no engine can take it: name a registry that has it with --base-from",
        shown, shelf.name);
  auto repository = TRY(shelf.repository(name));
  return PinnedBase{shown, digest, shelf.address + "/" + name + "@" + digest.text(), shelf.plain_http,
                    repository};
}

Result<PinnedBase> Bases::look_up(const std::string& shown, const std::string& name, const std::string& tag,
                                  std::stop_token stop) {
  Tag parsed = TRY(Tag::parse(tag));
  auto repository = TRY(from_.repository(name));
  auto found = TRY(repository->find(parsed, stop).within("looking for the base {} in {}", shown, from_.name));
  if (!found)
    return not_found(
        "the base {} is not in {}: publish it first, or name a registry that has it with --base-from", shown,
        from_.name);
  return pin(from_, shown, name, found->digest);
}

Result<PinnedBase> Bases::find(const std::string& repositories, const std::string& name,
                               const std::string& tag, std::stop_token stop) {
  std::string shown = repositories + "/" + name + ":" + tag;
  Key key{name, tag};
  std::optional<Digest> made;
  {
    auto state = state_.lock();
    auto known = state->known.find(key);
    if (known != state->known.end()) return known->second;
    auto published = state->published.find(key);
    if (published != state->published.end()) made = published->second;
  }
  PinnedBase base = made ? TRY(pin(published_, shown, name, *made)) : TRY(look_up(shown, name, tag, stop));
  // Somebody else may have been quicker; then his counts.
  return state_.lock()->known.try_emplace(key, std::move(base)).first->second;
}

void Bases::published(const std::string& name, const std::string& tag, const Digest& digest) {
  auto state = state_.lock();
  state->published.insert_or_assign({name, tag}, digest);
  state->known.erase({name, tag});
}

Result<BaseLayers> Bases::layers(const PinnedBase& base, const Platform& platform, std::stop_token stop) {
  {
    auto state = state_.lock();
    auto known = state->layers.find({base.digest, platform});
    if (known != state->layers.end()) return known->second;
  }
  BaseLayers layers = TRY(read_layers(base, platform, stop));
  return state_.lock()->layers.try_emplace({base.digest, platform}, std::move(layers)).first->second;
}

Result<BaseLayers> Bases::read_layers(const PinnedBase& base, const Platform& platform,
                                      std::stop_token stop) {
  RawManifest raw = TRY(base.repository->manifest(base.digest, stop));
  if (!media_type::is_manifest(raw.media_type)) {
    Index index = TRY(Index::parse(raw.bytes));
    std::optional<Digest> found;
    for (const Descriptor& entry : index.manifests)
      if (entry.platform && same_machine(*entry.platform, platform) && !found) found = entry.digest;
    if (!found) return not_found("the base {} has no {}", base.name, platform.text());
    raw = TRY(base.repository->manifest(*found, stop));
  }
  Manifest manifest = TRY(Manifest::parse(raw.bytes));
  auto source = TRY(base.repository->open_blob(manifest.config, 0, stop));
  std::string bytes = TRY(read_all(*source, document_limit));
  if (digest_of(bytes) != manifest.config.digest)
    return corrupt("the configuration of {} is not what its digest says", base.name);
  Config config = TRY(Config::parse(bytes));
  if (!same_machine(config.platform, platform))
    return not_found("the base {} has no {}", base.name, platform.text());
  BaseLayers layers;
  for (size_t i = 0; i < manifest.layers.size() && i < config.diff_ids.size(); ++i) {
    Descriptor layer = manifest.layers[i];
    layer.annotations.clear();
    // A registry that is known to hold it can give it to another repository by itself.
    auto there = TRY(base.repository->has_blob(layer.digest, stop));
    if (!there) return not_found("the layer {} of the base {} is gone", layer.digest.brief(), base.name);
    layers.blobs.try_emplace(layer.digest, std::make_shared<LentBlob>(base.repository, layer));
    layers.known.try_emplace(config.diff_ids[i], std::move(layer));
  }
  return layers;
}

}  // namespace eulerpublisher::rollout
