#include "build/saved_image.h"

#include <algorithm>
#include <cstring>
#include <nlohmann/json.hpp>

#include "image/layer_intake.h"
#include "oci/document.h"
#include "oci/media_type.h"
#include "stream/decompress.h"
#include "stream/hashing.h"
#include "stream/piece_codec.h"

namespace eulerpublisher::build {

namespace fs = std::filesystem;

namespace {

using Json = nlohmann::json;

constexpr uint64_t largest_document = 4 << 20;  // bytes of one
constexpr uint64_t all_documents = 64 << 20;    // bytes of all together
constexpr size_t most_members = 1 << 16;
constexpr int most_links = 16;
constexpr size_t read_at_once = 256 << 10;
constexpr std::string_view layout_blobs = "blobs/sha256/";

// The tar in a file, from its beginning.
class ArchiveFile {
 public:
  static Result<std::unique_ptr<ArchiveFile>> open(const fs::path& path, std::stop_token stop) {
    std::error_code failed;
    uint64_t size = fs::file_size(path, failed);
    if (failed) return system_error(failed.value(), "reading " + path.string());
    FileBlob file(path.string(), {std::string(media_type::layer_tar), digest_of(""), size, {}, {}});
    return std::unique_ptr<ArchiveFile>(new ArchiveFile(TRY(file.open(0, stop)), stop));
  }
  TarReader& tar() { return tar_; }

 private:
  ArchiveFile(std::unique_ptr<Source> source, std::stop_token stop)
      : source_(std::move(source)),
        stop_(std::move(stop)),
        buffer_(read_at_once),
        tar_([this] { return next(); }) {}
  Result<Bytes> next() {
    if (stop_.stop_requested()) return cancelled("stopped while taking an image out of its archive");
    size_t count = TRY(source_->read(buffer_));
    return Bytes(buffer_.data(), count);
  }

  std::unique_ptr<Source> source_;
  std::stop_token stop_;
  std::vector<std::byte> buffer_;
  TarReader tar_;
};

std::string normal(const fs::path& path) {
  std::string text = path.lexically_normal().string();
  while (text.ends_with('/')) text.pop_back();
  return text;
}

// What an archive says it holds.
class Contents {
 public:
  static Result<Contents> read(const fs::path& path, std::stop_token stop) {
    auto file = TRY(ArchiveFile::open(path, stop));
    Contents contents;
    size_t members = 0;
    while (auto entry = TRY(file->tar().next())) {
      if (++members > most_members) return corrupt("it has more than {} members", most_members);
      TRY(contents.take(*entry, file->tar()));
    }
    return contents;
  }

  // The file that a name means when links are followed; nothing when they go round in circles.
  std::optional<std::string> resolve(std::string name) const {
    for (int i = 0; i < most_links; ++i) {
      auto link = links_.find(name);
      if (link == links_.end()) return name;
      name = link->second;
    }
    return std::nullopt;
  }

  Result<const std::string*> document(const std::string& name) const {
    auto file = resolve(name);
    auto found = file ? documents_.find(*file) : documents_.end();
    if (found == documents_.end()) return corrupt("it has no document {}", name);
    return &found->second;
  }
  bool has(const std::string& name) const { return documents_.contains(name); }

 private:
  Done take(const TarEntry& entry, TarReader& tar) {
    std::string name = normal(entry.name);
    if (entry.type == TarEntry::Type::symbolic_link)
      links_[name] = normal(fs::path(name).parent_path() / entry.link);
    if (entry.type == TarEntry::Type::hard_link) links_[name] = normal(entry.link);
    bool may_be = entry.type == TarEntry::Type::file && entry.size <= largest_document &&
                  (name.ends_with(".json") || name.starts_with(layout_blobs));
    if (!may_be) return {};
    std::string text;
    while (true) {
      Bytes bytes = TRY(tar.content());
      if (bytes.empty()) break;
      text.append(as_text(bytes));
      if (text[0] != '{' && text[0] != '[') return {};
    }
    kept_ += text.size();
    if (kept_ > all_documents) return corrupt("its documents have more than {} bytes", all_documents);
    documents_[name] = std::move(text);
    return {};
  }

  std::map<std::string, std::string> documents_;
  std::map<std::string, std::string> links_;
  uint64_t kept_ = 0;
};

// One image of an archive, as its documents tell.
struct SavedImage {
  struct Layer {
    std::string file;              // in the archive
    std::optional<Digest> digest;  // of the file, where that is said
  };
  std::string config;
  std::vector<Layer> layers;
};

Result<SavedImage::Layer> layer_at(const Contents& contents, const std::string& name) {
  auto file = contents.resolve(name);
  if (!file) return corrupt("its links at {} go round in circles", name);
  return SavedImage::Layer{*file, std::nullopt};
}

Result<SavedImage> read_docker_archive(const Contents& contents) {
  Json list = Json::parse(*TRY(contents.document("manifest.json")), nullptr, false);
  if (!list.is_array() || list.size() != 1 || !list[0].is_object())
    return corrupt("its manifest.json does not name exactly one image");
  const Json& one = list[0];
  if (!one.contains("Config") || !one["Config"].is_string() || !one.contains("Layers") ||
      !one["Layers"].is_array())
    return corrupt("its manifest.json names no Config and no Layers");
  SavedImage image{*TRY(contents.document(normal(one["Config"].get<std::string>()))), {}};
  for (const Json& layer : one["Layers"]) {
    if (!layer.is_string()) return corrupt("its manifest.json names a layer that is no name");
    image.layers.push_back(TRY(layer_at(contents, normal(layer.get<std::string>()))));
  }
  return image;
}

std::string blob_name(const Digest& digest) { return std::string(layout_blobs) + std::string(digest.hex()); }

// The manifest for this platform; attestations are listed with a platform that no machine has.
Result<Descriptor> manifest_in(const Index& index, const Platform& platform) {
  std::vector<Descriptor> images;
  for (const Descriptor& entry : index.manifests)
    if (!entry.platform || same_machine(*entry.platform, platform)) images.push_back(entry);
  if (images.size() != 1) return corrupt("it holds {} images for {}", images.size(), platform.text());
  return images.front();
}

Result<SavedImage> read_layout(const Contents& contents, const Platform& platform) {
  std::string bytes = *TRY(contents.document("index.json"));
  for (int depth = 0; depth < 3; ++depth) {
    Index index = TRY(Index::parse(bytes));
    Descriptor entry = TRY(manifest_in(index, platform));
    bytes = *TRY(contents.document(blob_name(entry.digest)));
    if (digest_of(bytes) != entry.digest) return corrupt("{} is not what its name says", entry.digest.text());
    if (!media_type::is_manifest(entry.media_type)) continue;
    Manifest manifest = TRY(Manifest::parse(bytes));
    SavedImage image{*TRY(contents.document(blob_name(manifest.config.digest))), {}};
    if (digest_of(image.config) != manifest.config.digest)
      return corrupt("{} is not what its name says", manifest.config.digest.text());
    for (const Descriptor& layer : manifest.layers)
      image.layers.push_back({blob_name(layer.digest), layer.digest});
    return image;
  }
  return corrupt("its index leads to no manifest");
}

// Moves layers out of the archive into the store.
class LayerMover {
 public:
  LayerMover(Store& store, std::stop_token stop)
      : store_(store), intake_(store, gzip_pieces(), Workers::shared(0), limits_, events_, stop) {}

  // The member that the tar stands at.  `diff_id` is what it must unpack to.
  Result<Descriptor> move(TarReader& tar, const std::string& file, const Digest& diff_id,
                          const std::optional<Digest>& digest) {
    waiting_ = {};
    auto piece = TRY(filled(tar));
    Packing packing = packing_of(as_text(piece->bytes()));
    if (packing == Packing::other)
      return unsupported("its layer {} is compressed in a way that no registry takes", file);
    if (packing == Packing::none) return compress(tar, file, diff_id, std::move(piece));
    auto type = packing == Packing::gzip ? media_type::layer_gzip : media_type::layer_zstd;
    return copy(tar, file, digest, std::string(type), std::move(piece));
  }

  InspectedLayers& inspected() { return inspected_; }

 private:
  Result<std::shared_ptr<Chunk>> filled(TarReader& tar) {
    auto piece = TRY(intake_.piece());
    while (!piece->full()) {
      if (waiting_.empty()) waiting_ = TRY(tar.content());
      if (waiting_.empty()) break;
      size_t count = std::min(waiting_.size(), piece->room().size());
      std::memcpy(piece->room().data(), waiting_.data(), count);
      piece->grow(count);
      waiting_ = waiting_.subspan(count);
    }
    return piece;
  }

  Result<Descriptor> compress(TarReader& tar, const std::string& file, const Digest& diff_id,
                              std::shared_ptr<Chunk> piece) {
    auto taking = TRY(intake_.start(file));
    while (piece->size() > 0) {
      bool more = piece->full();
      TRY(taking->add(std::move(piece)));
      if (!more) break;
      piece = TRY(filled(tar));
    }
    TakenLayer layer = TRY(taking->finish());
    if (layer.fault) return *layer.fault;
    if (layer.diff_id != diff_id)
      return corrupt("its layer {} is {}, the configuration says {}", file, layer.diff_id.text(),
                     diff_id.text());
    layer.spool->seal(layer.descriptor);
    TRY(store_.keep(*layer.spool));
    inspected_.insert_or_assign(
        layer.descriptor.digest,
        InspectedLayer{layer.descriptor.digest, layer.descriptor.size, layer.diff_id, layer.report});
    return layer.descriptor;
  }

  Result<Descriptor> copy(TarReader& tar, const std::string& file, const std::optional<Digest>& digest,
                          std::string type, std::shared_ptr<Chunk> piece) {
    auto spool = TRY(store_.new_spool());
    Hashing hashing(*spool);
    while (piece->size() > 0) {
      TRY(hashing.write(piece->bytes()));
      piece.reset();
      piece = TRY(filled(tar));
    }
    TRY(hashing.finish());
    if (digest && hashing.digest() != *digest)
      return corrupt("its layer {} is {}", file, hashing.digest().text());
    Descriptor descriptor{std::move(type), hashing.digest(), hashing.size(), {}, {}};
    spool->seal(descriptor);
    TRY(store_.keep(*spool));
    return descriptor;
  }

  Store& store_;
  ArchiveLimits limits_;
  ConvertEvents events_;
  LayerIntake intake_;
  Bytes waiting_;
  InspectedLayers inspected_;
};

// A known layer that this one is: it unpacks to the same, or is the same file.
const Descriptor* known_layer(const KnownLayers& known, const SavedImage::Layer& layer,
                              const Digest& diff_id) {
  auto found = known.find(diff_id);
  if (found != known.end()) return &found->second;
  for (const auto& [other, descriptor] : known)
    if (layer.digest == descriptor.digest) return &descriptor;
  return nullptr;
}

class Taking {
 public:
  Taking(const fs::path& archive, const KnownLayers& known, Store& store, std::stop_token stop)
      : archive_(archive), known_(known), store_(store), mover_(store, stop), stop_(stop) {}

  Result<BuiltImage> take(const Platform& platform) {
    Contents contents = TRY(Contents::read(archive_, stop_));
    SavedImage saved =
        TRY(contents.has("manifest.json") ? read_docker_archive(contents) : read_layout(contents, platform));
    Config config = TRY(Config::parse(saved.config));
    if (!same_machine(config.platform, platform))
      return corrupt("it is an image for {}, not for {}", config.platform.text(), platform.text());
    if (config.diff_ids.size() != saved.layers.size())
      return corrupt("it has {} layers, its configuration {}", saved.layers.size(), config.diff_ids.size());
    TRY(move_layers(saved, config));
    BuiltImage image{platform, saved.config, {}, {}, config.created};
    for (size_t i = 0; i < saved.layers.size(); ++i) {
      const Descriptor* known = known_layer(known_, saved.layers[i], config.diff_ids[i]);
      image.layers.push_back(known ? *known : moved_.at(config.diff_ids[i]));
    }
    image.inspected = std::move(mover_.inspected());
    TRY(store_.keep(image.config));
    return image;
  }

 private:
  Done move_layers(const SavedImage& saved, const Config& config) {
    std::map<std::string, size_t> wanted;  // of one file that stands for several layers, the first
    for (size_t i = 0; i < saved.layers.size(); ++i)
      if (!known_layer(known_, saved.layers[i], config.diff_ids[i]))
        wanted.try_emplace(saved.layers[i].file, i);
    if (wanted.empty()) return {};
    auto file = TRY(ArchiveFile::open(archive_, stop_));
    while (auto entry = TRY(file->tar().next())) {
      auto layer = wanted.find(normal(entry->name));
      if (layer == wanted.end() || entry->type != TarEntry::Type::file) continue;
      size_t at = layer->second;
      moved_.insert_or_assign(
          config.diff_ids[at],
          TRY(mover_.move(file->tar(), layer->first, config.diff_ids[at], saved.layers[at].digest)));
      wanted.erase(layer);
    }
    for (size_t i = 0; i < saved.layers.size(); ++i)
      if (!known_layer(known_, saved.layers[i], config.diff_ids[i]) && !moved_.contains(config.diff_ids[i]))
        return corrupt("it has no layer {}", saved.layers[i].file);
    return {};
  }

  const fs::path& archive_;
  const KnownLayers& known_;
  Store& store_;
  LayerMover mover_;
  std::stop_token stop_;
  std::map<Digest, Descriptor> moved_;  // by what they unpack to
};

}  // namespace

Result<BuiltImage> take_saved_image(const fs::path& archive, const Platform& platform,
                                    const KnownLayers& known, Store& store, std::stop_token stop) {
  return Taking(archive, known, store, stop).take(platform).within("reading the image that was built");
}

}  // namespace eulerpublisher::build
