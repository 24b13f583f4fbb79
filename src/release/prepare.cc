#include "release/prepare.h"

#include <algorithm>

#include "base/guarded.h"
#include "base/log.h"
#include "base/task_group.h"
#include "image/annotations.h"
#include "oci/media_type.h"
#include "release/lent_blob.h"
#include "release/survey.h"

namespace eulerpublisher {
namespace {

namespace fs = std::filesystem;

// convert_archive() shares the cores between all archives that are converted at once.
constexpr unsigned all_cores = 0;

// One image and where its layers can be read.
struct Made {
  ConvertedImage image;
  std::map<Digest, std::shared_ptr<const Blob>> layers;
  InspectedLayers inspected = {};  // as far as they were converted just now
};

std::string recipe_key(const Digest& archive, const Recipe& recipe) {
  return std::string(archive.hex()) + "-" + std::string(digest_of(recipe.text()).hex().substr(0, 16));
}

Provenance provenance_of(const ReleaseRequest& request) {
  Provenance provenance;
  provenance.version = request.version.text();
  provenance.tag = request.version.tag().text();
  provenance.update_date = request.index.date();
  provenance.recipe = request.recipe.text();
  return provenance;
}

// Makes the image of one architecture.
class ImageMaker {
 public:
  ImageMaker(const ReleaseRequest& request, const Archive& archive, const std::vector<Lender>& lenders,
             PrepareParts parts, const FollowLayer& follow, TaskGroup& keeping)
      : request_(request),
        archive_(archive),
        lenders_(lenders),
        parts_(parts),
        follow_(follow),
        keeping_(keeping) {}

  Result<Made> make(std::stop_token stop) {
    if (auto cached = TRY(from_store())) return std::move(*cached);
    for (const Lender& lender : lenders_)
      if (auto lent = from_lender(lender, stop)) return std::move(*lent);
    ConvertedImage image = TRY(ReleaseRepository::is_local(archive_) ? convert_file(archive_.url, stop)
                                                                     : fetch_and_convert(stop));
    if (image.archive != archive_.checksum) return corrupt("the image was made from another archive");
    auto inspected = TRY(inspected_in(image));
    keeping_.add([&store = parts_.store, key = recipe_key(archive_.checksum, request_.recipe),
                  json = image.print()](std::stop_token) { return store.set_recipe(key, json); });
    auto made = TRY(read_layers(std::move(image)));
    if (!made)
      return corrupt("the store has lost a layer that was just put into it: {}",
                     parts_.store.folder().string());
    made->inspected = std::move(inspected);
    return std::move(*made);
  }

 private:
  Result<std::optional<Made>> read_layers(ConvertedImage image) {
    Made made{std::move(image), {}};
    for (const Descriptor& layer : made.image.layers) {
      auto blob = TRY(parts_.store.blob(layer));
      if (!blob) return std::nullopt;
      made.layers[layer.digest] = std::move(*blob);
    }
    return made;
  }

  // The conversion has compared the diff_ids of the configuration with what the layers are.
  static Result<InspectedLayers> inspected_in(const ConvertedImage& image) {
    Config config = TRY(Config::parse(image.config));
    InspectedLayers inspected;
    for (size_t i = 0; i < image.reports.size(); ++i) {
      const Descriptor& layer = image.layers[i];
      inspected.insert_or_assign(
          layer.digest, InspectedLayer{layer.digest, layer.size, config.diff_ids.at(i), image.reports[i]});
    }
    return inspected;
  }

  Result<std::optional<Made>> from_store() {
    auto json = TRY(parts_.store.recipe(recipe_key(archive_.checksum, request_.recipe)));
    if (!json) return std::nullopt;
    auto image = ConvertedImage::parse(*json);
    if (!image || image->archive != archive_.checksum || !same_machine(image->platform, archive_.platform))
      return std::nullopt;
    return read_layers(std::move(*image));
  }

  // What a lender has is taken only when its annotations name this very archive and recipe and everything is
  // there; any doubt, and we make it ourselves.
  std::optional<Made> from_lender(const Lender& lender, std::stop_token stop) {
    const Content& content = lender.seen.content;
    auto archive = content.archives.find(archive_.platform);
    if (content.recipe != request_.recipe.text() || archive == content.archives.end() ||
        archive->second != archive_.checksum)
      return std::nullopt;
    auto borrowed = borrow(lender, stop);
    if (borrowed) return std::move(*borrowed);
    log_debug("{} could be taken from {}, but: {}", archive_.platform.text(), lender.repository->name(),
              borrowed.error().text());
    return std::nullopt;
  }

  Result<Made> borrow(const Lender& lender, std::stop_token stop) {
    RepositoryReader& repository = *lender.repository;
    RawManifest raw_index = TRY(repository.manifest(lender.seen.digest, stop));
    Index index = TRY(Index::parse(raw_index.bytes));
    auto entry = std::ranges::find_if(index.manifests, [&](const Descriptor& manifest) {
      return manifest.platform && same_machine(*manifest.platform, archive_.platform);
    });
    if (entry == index.manifests.end()) return not_found("its index has no {}", archive_.platform.text());
    RawManifest raw = TRY(repository.manifest(entry->digest, stop));
    Manifest manifest = TRY(Manifest::parse(raw.bytes));
    auto source = TRY(repository.open_blob(manifest.config, 0, stop));
    std::string config_bytes = TRY(read_all(*source, 4 << 20));
    if (digest_of(config_bytes) != manifest.config.digest) return corrupt("its configuration is another one");
    Config config = TRY(Config::parse(config_bytes));
    Made made{{archive_.checksum, archive_.platform, manifest.layers, config_bytes,
               request_.version.os_release(), config.created},
              {}};
    for (const Descriptor& layer : manifest.layers) {
      auto size = TRY(repository.has_blob(layer.digest, stop));
      if (size != layer.size) return not_found("layer {} is not there", layer.digest.brief());
      made.layers[layer.digest] = std::make_shared<LentBlob>(lender.repository, layer);
    }
    log_info("{}: taken from {}, which has it from the same archive", archive_.platform.text(),
             repository.name());
    return made;
  }

  Result<ConvertedImage> convert_file(const std::string& path, std::stop_token stop) {
    Descriptor whole{"application/x-xz", archive_.checksum, 0, {}, {}};
    std::error_code error;
    whole.size = fs::file_size(path, error);
    if (error) return system_error(error.value(), "reading " + path);
    FileBlob file(path, whole);
    return convert(file, whole.size, stop);
  }

  Result<ConvertedImage> convert(const Blob& archive, std::optional<uint64_t> size, std::stop_token stop) {
    auto transfer = parts_.progress.start(archive_.platform.architecture + " image");
    transfer->phase("converting");
    if (size) transfer->total(*size);
    ConvertEvents events;
    events.layer_started = [&](std::shared_ptr<Spool> layer) {
      if (follow_) follow_(std::move(layer), archive_.platform);
    };
    events.progress = [&](uint64_t read, uint64_t) { transfer->done_bytes(read); };
    auto source = TRY(archive.open(0, stop));
    ArchiveExpected expected{archive_.checksum, archive_.platform, request_.version.text()};
    auto image = TRY(convert_archive(*source, expected, request_.recipe, ArchiveLimits{}, parts_.store,
                                     events, all_cores, stop)
                         .within("reading {}", archive_.url));
    transfer->done();
    return image;
  }

  // The archive is converted while it arrives.  What an earlier run has left of it is used, and if that turns
  // out to be wrong, fetched again from the beginning, once.
  Result<ConvertedImage> fetch_and_convert(std::stop_token stop) {
    for (int attempt = 1;; ++attempt) {
      if (auto path = TRY(parts_.store.archive(archive_.checksum))) {
        auto image = convert_file(path->string(), stop);
        if (image || image.error().kind() != ErrorKind::corrupt) return image;
        TRY(parts_.store.drop_archive(archive_.checksum));
        if (attempt > 1) return image;
        continue;
      }
      auto held = TRY(parts_.store.resume_archive(archive_.checksum, stop));
      if (!held) continue;  // another run has fetched it meanwhile
      std::shared_ptr<Spool> spool = std::move(*held);
      bool resumed = spool->size() > 0;
      auto image = follow_download(*spool, stop);
      if (image) {
        keeping_.add([&store = parts_.store, checksum = archive_.checksum, spool](std::stop_token) {
          return store.keep_archive(checksum, *spool);
        });
        return image;
      }
      if (image.error().kind() != ErrorKind::corrupt) return image;
      TRY(parts_.store.drop_archive(archive_.checksum));
      if (!resumed || attempt > 1) return image;
      log_warning("{}: what an earlier run had fetched does not fit; fetching it again",
                  archive_.platform.text());
    }
  }

  Result<ConvertedImage> follow_download(Spool& spool, std::stop_token stop) {
    TaskGroup download(stop);
    download.add([&](std::stop_token stop) -> Done {
      auto transfer = parts_.progress.start(archive_.platform.architecture + " archive");
      transfer->phase("fetching");
      Done done = parts_.upstream.download(archive_, spool, *transfer, stop);
      if (!done) {
        spool.abandon(done.error());
        return done;
      }
      transfer->done();
      // That the bytes have arrived, not that they are right: the conversion compares the checksum.
      spool.seal({"application/x-xz", archive_.checksum, spool.size(), {}, {}});
      return {};
    });
    auto image = convert(spool, std::nullopt, stop);
    if (!image) download.stop();
    Done downloaded = download.wait();
    if (!image) return image;
    if (!downloaded) return std::move(downloaded).error();
    return image;
  }

  const ReleaseRequest& request_;
  const Archive& archive_;
  const std::vector<Lender>& lenders_;
  PrepareParts parts_;
  const FollowLayer& follow_;
  TaskGroup& keeping_;  // what would let the next run do without this one's work, and waits for the disk
};

}  // namespace

Done PreparedRelease::keep_in(Store& store) const {
  if (keeping) TRY(keeping->wait());
  for (const AssembledImage& image : images) {
    TRY(store.keep(image.config));
    TRY(store.keep(image.manifest.bytes()));
    Tag tag = TRY(Tag::parse(provenance.tag + "-" + image.platform.architecture));
    TRY(store.set_reference(tag, image.manifest.descriptor(media_type::manifest)));
  }
  TRY(store.keep(index.bytes()));
  return store.set_reference(version.tag(), index.descriptor(media_type::index));
}

CompleteImage PreparedRelease::complete() const {
  CompleteImage whole{{}, index, layers, content, inspected};
  for (const AssembledImage& image : images)
    whole.platforms.push_back({image.platform, image.config, image.layers, image.manifest});
  return whole;
}

Result<ReleaseRequest> resolve_current(ReleaseRequest request, ReleaseRepository& upstream,
                                       std::stop_token stop) {
  ReleaseWanted wanted{request.version.text(), request.index, request.required, request.optional};
  Release release = TRY(upstream.look(wanted, stop));
  auto date = TRY(upstream.date_of_current(release, wanted, stop));
  if (date) request.index = TRY(ReleaseIndex::parse("docker_img/update/" + *date));
  return request;
}

std::optional<uint64_t> prepared_size(Store& store, const ReleaseRequest& request, const Archive& archive) {
  auto json = store.recipe(recipe_key(archive.checksum, request.recipe));
  if (!json || !*json) return std::nullopt;
  auto image = ConvertedImage::parse(**json);
  if (!image) return std::nullopt;
  uint64_t size = 0;
  for (const Descriptor& layer : image->layers) {
    if (!store.has(layer)) return std::nullopt;
    size += layer.size;
  }
  return size;
}

Content intended_content(const ReleaseRequest& request, const Release& release) {
  Content content;
  content.version = request.version;
  content.update_date = request.index.date();
  content.first_release = request.index.text() == ReleaseIndex::first().text();
  content.recipe = request.recipe.text();
  for (const Archive& archive : release.archives) {
    content.archives.emplace(archive.platform, archive.checksum);
    content.platforms.push_back(archive.platform);
  }
  std::ranges::sort(content.platforms);
  return content;
}

Result<PreparedRelease> prepare(const ReleaseRequest& request, const Release& release,
                                const std::vector<Lender>& lenders, PrepareParts parts,
                                const FollowLayer& follow, std::stop_token stop) {
  Guarded<std::map<Platform, Made>> made;
  auto keeping = std::make_shared<TaskGroup>();
  TaskGroup makers(stop);
  for (const Archive& archive : release.archives)
    makers.add([&](std::stop_token stop) -> Done {
      ImageMaker maker(request, archive, lenders, parts, follow, *keeping);
      Made image =
          TRY(maker.make(stop).within("preparing {} {}", request.version.text(), archive.platform.text()));
      made.lock()->emplace(archive.platform, std::move(image));
      return {};
    });
  TRY(makers.wait());

  Provenance provenance = provenance_of(request);
  std::vector<AssembledImage> images;
  std::map<Digest, std::shared_ptr<const Blob>> layers;
  InspectedLayers inspected;
  for (auto& [platform, one] : *made.lock()) {
    std::string url =
        request.canonical_source + "/" + archive_path(request.version.text(), request.index, platform);
    images.push_back(assemble_image(one.image, url, provenance));
    layers.merge(one.layers);
    inspected.merge(one.inspected);
  }
  Document<Index> index = assemble_index(images, provenance);
  PreparedRelease prepared{request.version, provenance,        content_of(*index),   std::move(images),
                           index,           std::move(layers), std::move(inspected), {}};
  for (const Platform& platform : release.not_released)
    prepared.notes.push_back(fmt::format("{} has not been released for {} (optional)", request.version.text(),
                                         platform.architecture));
  prepared.keeping = std::move(keeping);
  return prepared;
}

Result<std::optional<PreparedRelease>> read_prepared(Store& store, const Version& version, std::stop_token) {
  auto reference = TRY(store.reference(version.tag()));
  if (!reference) return std::nullopt;
  auto index_bytes = TRY(store.document(reference->digest));
  if (!index_bytes) return std::nullopt;
  auto index = TRY(Document<Index>::parse(*index_bytes));
  PreparedRelease prepared{version, {}, content_of(*index), {}, index, {}, {}, {}};
  prepared.provenance.version = version.text();
  prepared.provenance.tag = version.tag().text();
  prepared.provenance.update_date = prepared.content.update_date;
  prepared.provenance.recipe = prepared.content.recipe;
  for (const Descriptor& entry : index->manifests) {
    auto bytes = TRY(store.document(entry.digest));
    if (!bytes) return std::nullopt;
    auto manifest = TRY(Document<Manifest>::parse(*bytes));
    auto config_bytes = TRY(store.document(manifest->config.digest));
    if (!config_bytes) return std::nullopt;
    Config config = TRY(Config::parse(*config_bytes));
    Platform platform = entry.platform.value_or(config.platform);
    auto archive = prepared.content.archives.find(platform);
    if (archive == prepared.content.archives.end())
      return corrupt("the prepared index {} does not say which archive its {} was made from",
                     reference->digest.brief(), platform.text());
    for (const Descriptor& layer : manifest->layers) {
      auto blob = TRY(store.blob(layer));
      if (!blob) return std::nullopt;
      prepared.layers[layer.digest] = std::move(*blob);
    }
    auto url = manifest->annotations.find(std::string(annotation::archive_url));
    prepared.images.push_back({platform, archive->second,
                               url == manifest->annotations.end() ? std::string{} : url->second,
                               config.created, *config_bytes, manifest->layers, manifest});
  }
  return prepared;
}

}  // namespace eulerpublisher
