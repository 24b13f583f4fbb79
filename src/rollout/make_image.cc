#include "rollout/make_image.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <sstream>

#include "base/clock.h"
#include "build/identity.h"
#include "catalogue/latest.h"
#include "image/annotations.h"
#include "oci/media_type.h"
#include "release/survey.h"
#include "store/new_file.h"

namespace eulerpublisher::rollout {
namespace {

using Json = nlohmann::json;

std::string text_of(const std::map<std::string, Digest>& bases) {
  std::string text;
  for (const auto& [name, digest] : bases) text += (text.empty() ? "" : " ") + name + "@" + digest.text();
  return text;
}

// What labels and annotations have in common.
std::map<std::string, std::string> facts(const PlatformRecipe& recipe, const Provenance& provenance) {
  std::map<std::string, std::string> all;
  auto put = [&](std::string_view key, const std::string& value) { all[std::string(key)] = value; };
  put(annotation::title, provenance.title);
  put(annotation::version, provenance.tag);
  put(annotation::source, provenance.source);
  put(annotation::url, provenance.url);
  put(annotation::vendor, provenance.vendor);
  put(annotation::revision, provenance.origin.revision);
  put(annotation::base_name, recipe.root.empty() ? "scratch" : recipe.root);
  put(annotation::base_digest, recipe.root_digest ? recipe.root_digest->text() : "");
  return all;
}

Annotations annotations_of(const PlatformRecipe& recipe, const Provenance& provenance,
                           const std::string& created) {
  Annotations all = facts(recipe, provenance);
  std::map<std::string, Digest> bases;
  for (const PinnedBase& base : recipe.bases) bases.emplace(base.name, base.digest);
  all[std::string(annotation::ref_name)] = provenance.tag;
  all[std::string(annotation::created)] = created;
  all[std::string(annotation::identity)] = recipe.identity.text();
  all[std::string(annotation::bases)] = text_of(bases);
  std::erase_if(all, [](const auto& entry) { return entry.second.empty(); });
  return all;
}

// Makes one platform.
class PlatformMaking {
 public:
  PlatformMaking(const ImageRecipe& recipe, const Platform& platform, const Provenance& provenance,
                 const MakeTerms& terms, MakeParts parts, std::stop_token stop)
      : recipe_(recipe),
        own_(recipe.platforms.at(platform)),
        provenance_(provenance),
        terms_(terms),
        parts_(parts),
        stop_(std::move(stop)) {}

  Result<MadePlatform> make() {
    TRY(look_at_root());
    std::optional<build::BuiltImage> image;
    if (!terms_.rebuild) image = TRY(from_store());
    bool was_built = !image.has_value();
    if (!image) {
      image = TRY(build());
      TRY(remember(*image));
    }
    return complete(std::move(*image), was_built);
  }

 private:
  Done look_at_root() {
    for (const PinnedBase& base : own_.bases)
      if (base.digest == own_.root_digest) base_ = TRY(parts_.bases.layers(base, own_.platform, stop_));
    return {};
  }

  std::string key() const { return "build-" + std::string(own_.identity.hex()); }

  Result<std::optional<build::BuiltImage>> from_store() {
    auto text = TRY(parts_.store.recipe(key()));
    if (!text) return std::nullopt;
    Json json = Json::parse(*text, nullptr, false);
    if (!json.is_object() || !json.contains("manifest") || !json["manifest"].is_string()) return std::nullopt;
    auto digest = Digest::parse(json["manifest"].get<std::string>());
    auto bytes = digest ? TRY(parts_.store.document(*digest)) : std::nullopt;
    auto manifest = bytes ? Manifest::parse(*bytes) : Result<Manifest>(not_found("gone"));
    if (!manifest) return std::nullopt;
    auto config = TRY(parts_.store.document(manifest->config.digest));
    auto read = config ? Config::parse(*config) : Result<Config>(not_found("gone"));
    if (!read) return std::nullopt;
    for (const Descriptor& layer : manifest->layers)
      if (!base_.blobs.contains(layer.digest) && !parts_.store.has(layer)) return std::nullopt;
    return build::BuiltImage{own_.platform, std::move(*config), manifest->layers, {}, read->created};
  }

  Result<build::BuiltImage> build() {
    auto transfer = parts_.progress.start(recipe_.id + " " + own_.platform.architecture);
    transfer->phase("waiting");
    build::Builders::Seat seat = TRY(parts_.builders.take(own_.platform, stop_));
    transfer->phase("building");
    build::BuildJob job;
    job.name = recipe_.id;
    job.context = recipe_.context;
    job.dockerfile = own_.dockerfile;
    job.platform = own_.platform;
    job.arguments = recipe_.rules.arguments;
    job.labels = facts(own_, provenance_);
    job.source_date_epoch = provenance_.origin.time;
    job.network = terms_.network.empty() ? recipe_.rules.network : terms_.network;
    job.fresh = terms_.rebuild;
    job.plain_http = std::ranges::any_of(own_.bases, &PinnedBase::plain_http);
    if (auto limit = terms_.time_limit ? terms_.time_limit : recipe_.rules.time_limit) job.patience = *limit;
    job.base_layers = base_.known;
    TRY(make_folders(terms_.logs));
    job.log = terms_.logs / (recipe_.id + "_" + own_.platform.architecture + own_.platform.variant + ".log");
    auto image = TRY(seat.builder().build(job, stop_));
    transfer->done(seat.builder().name());
    return image;
  }

  // So that a run that fails later need not build it again.
  Done remember(const build::BuiltImage& image) {
    auto manifest = Document<Manifest>::of(manifest_of(image, {}));
    TRY(parts_.store.keep(manifest.bytes()));
    return parts_.store.set_recipe(key(), Json{{"manifest", manifest.digest().text()}}.dump());
  }

  static Manifest manifest_of(const build::BuiltImage& image, Annotations annotations) {
    Descriptor config{std::string(media_type::config), digest_of(image.config), image.config.size(), {}, {}};
    return {std::string(media_type::manifest), std::move(config), image.layers, std::move(annotations)};
  }

  Result<MadePlatform> complete(build::BuiltImage image, bool was_built) {
    std::string created = image.created;
    if (provenance_.origin.time) created = rfc3339(Instant(std::chrono::seconds(*provenance_.origin.time)));
    auto manifest = Document<Manifest>::of(manifest_of(image, annotations_of(own_, provenance_, created)));
    MadePlatform made{
        {own_.platform, image.config, image.layers, std::move(manifest)}, {}, {}, {}, was_built};
    made.inspected = std::move(image.inspected);
    for (const Descriptor& layer : image.layers) {
      auto of_base = base_.blobs.find(layer.digest);
      if (of_base != base_.blobs.end()) {
        made.layers.insert(*of_base);
        made.of_base.insert(layer.digest);
        continue;
      }
      auto blob = TRY(parts_.store.blob(layer));
      if (!blob) return corrupt("the store has lost layer {}", layer.digest.text());
      made.layers.emplace(layer.digest, std::move(*blob));
    }
    return made;
  }

  const ImageRecipe& recipe_;
  const PlatformRecipe& own_;
  const Provenance& provenance_;
  const MakeTerms& terms_;
  MakeParts parts_;
  std::stop_token stop_;
  BaseLayers base_;
};

std::string value_of(const Annotations& annotations, std::string_view key) {
  auto found = annotations.find(std::string(key));
  return found == annotations.end() ? std::string() : found->second;
}

// What the index says: all that the manifests agree on, and the sums of what they do not.
Annotations annotations_over(const std::vector<MadePlatform>& platforms) {
  Annotations all = platforms.front().image.manifest->annotations;
  std::map<Platform, Digest> identities;
  std::map<std::string, std::string> bases;
  std::string newest;
  for (const MadePlatform& one : platforms) {
    const Annotations& its = one.image.manifest->annotations;
    std::erase_if(all, [&](const auto& entry) { return value_of(its, entry.first) != entry.second; });
    if (auto identity = Digest::parse(value_of(its, annotation::identity)))
      identities.emplace(one.image.platform, *identity);
    std::istringstream list(value_of(its, annotation::bases));
    for (std::string base; list >> base;) bases.emplace(base.substr(0, base.find('@')), base);
    newest = std::max(newest, value_of(its, annotation::created));
  }
  std::string text;
  for (const auto& [name, base] : bases) text += (text.empty() ? "" : " ") + base;
  all[std::string(annotation::created)] = newest;
  all[std::string(annotation::identity)] = build::identity_of(identities).text();
  all[std::string(annotation::bases)] = text;
  std::erase_if(all, [](const auto& entry) { return entry.second.empty(); });
  return all;
}

}  // namespace

Result<Provenance> provenance_of(const catalogue::Build& build, const catalogue::Catalogue& catalogue,
                                 std::stop_token stop) {
  Provenance provenance;
  provenance.title = catalogue.image(build.entries.front()).name;
  provenance.tag = catalogue.entry(build.entries.front()).tag;
  for (catalogue::EntryId id : build.entries) {
    const std::string& tag = catalogue.entry(id).tag;
    if (catalogue::would_go_back(tag, provenance.tag)) provenance.tag = tag;
  }
  provenance.origin = TRY(origin_of(catalogue.tree.root(), build.context, stop));
  return provenance;
}

Result<MadePlatform> make_platform(const ImageRecipe& recipe, const Platform& platform,
                                   const Provenance& provenance, const MakeTerms& terms, MakeParts parts,
                                   std::stop_token stop) {
  return PlatformMaking(recipe, platform, provenance, terms, parts, std::move(stop)).make();
}

CompleteImage assemble(std::vector<MadePlatform> platforms) {
  std::ranges::sort(platforms, {}, [](const MadePlatform& one) { return one.image.platform.text(); });
  Index index;
  index.media_type = media_type::index;
  index.annotations = annotations_over(platforms);
  for (const MadePlatform& one : platforms) {
    Descriptor entry = one.image.manifest.descriptor(media_type::manifest);
    entry.platform = one.image.platform;
    index.manifests.push_back(std::move(entry));
  }
  Content content = content_of(index);
  CompleteImage image{{}, Document<Index>::of(std::move(index)), {}, std::move(content), {}};
  for (MadePlatform& one : platforms) {
    image.platforms.push_back(std::move(one.image));
    image.layers.merge(one.layers);
    image.inspected.merge(one.inspected);
  }
  return image;
}

}  // namespace eulerpublisher::rollout
