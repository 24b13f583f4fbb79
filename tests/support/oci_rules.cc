#include "support/oci_rules.h"

#include <archive.h>
#include <archive_entry.h>
#include <fmt/format.h>

#include <memory>
#include <nlohmann/json.hpp>
#include <regex>
#include <set>

#include "support/process.h"

namespace eulerpublisher::test {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

const std::string media = "application/vnd.oci.image.";

bool matches(const std::string& text, const char* pattern) {
  return std::regex_match(text, std::regex(pattern));
}

// RFC 3339, section 5.6.
bool is_time(const std::string& text) {
  return matches(text, R"(\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d))");
}

std::string text_at(const Json& json, const char* key) {
  return json.is_object() && json.contains(key) && json[key].is_string() ? json[key].get<std::string>() : "";
}

class Rules {
 public:
  explicit Rules(const BlobReader& read) : read_(read) {}

  std::vector<std::string> take() { return std::move(broken_); }

  template <class... A>
  void expect(bool good, fmt::format_string<A...> text, A&&... arguments) {
    if (!good) broken_.push_back(fmt::format(text, std::forward<A>(arguments)...));
  }

  // image-index.md
  void index(const Digest& digest) {
    Json index = document(digest, "the index");
    expect(index.value("schemaVersion", 0) == 2, "the index has no schemaVersion 2");
    expect(text_at(index, "mediaType") == media + "index.v1+json", "the index has the media type '{}'",
           text_at(index, "mediaType"));
    annotations(index, "the index");
    expect(index.contains("manifests") && index["manifests"].is_array() && !index["manifests"].empty(),
           "the index has no manifests");
    std::set<std::string> platforms;
    for (const Json& entry : index.value("manifests", Json::array())) {
      Json platform = entry.value("platform", Json::object());
      std::string name = text_at(platform, "os") + "/" + text_at(platform, "architecture");
      expect(name.front() != '/' && name.back() != '/', "a manifest of the index has no whole platform: {}",
             name);
      expect(platforms.insert(name + "/" + text_at(platform, "variant")).second,
             "{} stands twice in the index", name);
      expect(text_at(entry, "mediaType") == media + "manifest.v1+json", "{}: media type '{}'", name,
             text_at(entry, "mediaType"));
      if (auto bytes = blob(entry, "the manifest of " + name)) manifest(*bytes, platform, name);
    }
  }

  // manifest.md
  void manifest(const std::string& bytes, const Json& platform, const std::string& name) {
    Json manifest = parse(bytes, "the manifest of " + name);
    expect(manifest.value("schemaVersion", 0) == 2, "{}: no schemaVersion 2", name);
    expect(text_at(manifest, "mediaType") == media + "manifest.v1+json",
           "{}: its manifest has the media type '{}'", name, text_at(manifest, "mediaType"));
    annotations(manifest, "the manifest of " + name);
    std::vector<std::string> unpacked;
    expect(!manifest.value("layers", Json::array()).empty(), "{}: no layers", name);
    for (const Json& layer : manifest.value("layers", Json::array())) {
      std::string type = text_at(layer, "mediaType");
      expect(type == media + "layer.v1.tar" || type == media + "layer.v1.tar+gzip" ||
                 type == media + "layer.v1.tar+zstd",
             "{}: a layer of media type '{}'", name, type);
      auto content = blob(layer, "a layer of " + name);
      unpacked.push_back(content ? digest_of(type.ends_with("tar") ? *content : uncompressed(*content)).text()
                                 : "");
    }
    Json descriptor = manifest.value("config", Json::object());
    expect(text_at(descriptor, "mediaType") == media + "config.v1+json",
           "{}: its configuration has the media type '{}'", name, text_at(descriptor, "mediaType"));
    if (auto config = blob(descriptor, "the configuration of " + name))
      configuration(*config, platform, unpacked, name);
  }

  // config.md
  void configuration(const std::string& bytes, const Json& platform, const std::vector<std::string>& unpacked,
                     const std::string& name) {
    Json config = parse(bytes, "the configuration of " + name);
    for (const char* key : {"os", "architecture"})
      expect(text_at(config, key) == text_at(platform, key), "{}: its configuration has the {} '{}'", name,
             key, text_at(config, key));
    if (config.contains("created"))
      expect(is_time(text_at(config, "created")), "{}: created is no time", name);
    Json rootfs = config.value("rootfs", Json::object());
    expect(text_at(rootfs, "type") == "layers", "{}: rootfs.type is not layers", name);
    Json diff_ids = rootfs.value("diff_ids", Json::array());
    expect(diff_ids == Json(unpacked), "{}: diff_ids {} for layers that unpack to {}", name, diff_ids.dump(),
           Json(unpacked).dump());
    size_t layers = 0;
    for (const Json& entry : config.value("history", Json::array())) {
      layers += entry.value("empty_layer", false) ? 0 : 1;
      if (entry.contains("created"))
        expect(is_time(text_at(entry, "created")), "{}: history without a time", name);
    }
    expect(!config.contains("history") || layers == unpacked.size(),
           "{}: history tells of {} layers, there are {}", name, layers, unpacked.size());
    Json run = config.value("config", Json::object());
    for (const char* key : {"Env", "Cmd", "Entrypoint"})
      for (const Json& word : run.contains(key) && !run[key].is_null() ? run[key] : Json::array())
        expect(word.is_string() &&
                   (std::string(key) != "Env" || word.get<std::string>().find('=') != std::string::npos),
               "{}: {} holds {}", name, key, word.dump());
  }

 private:
  Json parse(const std::string& bytes, const std::string& what) {
    std::set<std::string> keys;
    Json json = Json::parse(bytes, nullptr, false);
    expect(json.is_object(), "{} is no JSON object", what);
    return json.is_object() ? json : Json::object();
  }

  Json document(const Digest& digest, const std::string& what) {
    auto bytes = read_(digest);
    expect(bytes.has_value(), "{} is missing", what);
    if (!bytes) return Json::object();
    expect(digest_of(*bytes) == digest, "{} has other bytes than its digest says", what);
    return parse(*bytes, what);
  }

  // descriptor.md
  std::optional<std::string> blob(const Json& descriptor, const std::string& what) {
    auto digest = Digest::parse(text_at(descriptor, "digest"));
    expect(digest.has_value(), "{} has the digest '{}'", what, text_at(descriptor, "digest"));
    expect(descriptor.contains("size") && descriptor["size"].is_number_unsigned(), "{} has no size", what);
    annotations(descriptor, what);
    if (!digest) return std::nullopt;
    auto bytes = read_(*digest);
    expect(bytes.has_value(), "{} is missing", what);
    if (!bytes) return std::nullopt;
    expect(digest_of(*bytes) == *digest, "{} has other bytes than its digest says", what);
    expect(descriptor.value("size", uint64_t{0}) == bytes->size(), "{} has {} bytes, not {}", what,
           bytes->size(), descriptor.value("size", uint64_t{0}));
    return bytes;
  }

  // annotations.md
  void annotations(const Json& json, const std::string& what) {
    if (!json.contains("annotations")) return;
    expect(json["annotations"].is_object(), "{}: annotations are no object", what);
    for (const auto& [key, value] : json["annotations"].items()) {
      expect(!key.empty() && value.is_string(), "{}: the annotation '{}' is no text", what, key);
      if (key == "org.opencontainers.image.created" && value.is_string())
        expect(is_time(value.get<std::string>()), "{}: created is no time", what);
      if (key == "org.opencontainers.image.ref.name" && value.is_string())
        expect(matches(value.get<std::string>(), "[A-Za-z0-9]+([-._:@+/][A-Za-z0-9]+|--[A-Za-z0-9]+)*"),
               "{}: ref.name is '{}'", what, value.get<std::string>());
    }
  }

  const BlobReader& read_;
  std::vector<std::string> broken_;
};

using Reader = std::unique_ptr<archive, decltype(&archive_read_free)>;

std::string rest_of_entry(archive* from) {
  std::string text, room(1 << 16, '\0');
  la_ssize_t count = 0;
  while ((count = archive_read_data(from, room.data(), room.size())) > 0)
    text.append(room, 0, static_cast<size_t>(count));
  return count < 0 ? std::string{} : text;
}

}  // namespace

std::vector<std::string> broken_rules(const Digest& index, const BlobReader& read) {
  Rules rules(read);
  rules.index(index);
  return rules.take();
}

BlobReader layout_reader(const fs::path& folder) {
  return [folder](const Digest& digest) -> std::optional<std::string> {
    fs::path file = folder / "blobs/sha256" / std::string(digest.hex());
    if (!fs::exists(file)) return std::nullopt;
    return read_text(file);
  };
}

std::vector<std::string> broken_layout_rules(const fs::path& folder) {
  BlobReader read = layout_reader(folder);
  Rules rules(read);
  Json marker = Json::parse(read_text(folder / "oci-layout"), nullptr, false);
  rules.expect(text_at(marker, "imageLayoutVersion") == "1.0.0",
               "oci-layout says no imageLayoutVersion 1.0.0");
  Json index = Json::parse(read_text(folder / "index.json"), nullptr, false);
  rules.expect(index.is_object() && index.value("schemaVersion", 0) == 2,
               "index.json has no schemaVersion 2");
  if (!index.is_object()) return rules.take();
  std::set<std::string> tags;
  for (const Json& entry : index.value("manifests", Json::array())) {
    std::string tag =
        text_at(entry.value("annotations", Json::object()), "org.opencontainers.image.ref.name");
    rules.expect(tag.empty() || tags.insert(tag).second, "index.json has {} twice", tag);
    auto digest = Digest::parse(text_at(entry, "digest"));
    rules.expect(digest.has_value(), "index.json has an entry without a digest");
    if (!digest) continue;
    if (text_at(entry, "mediaType") == media + "index.v1+json")
      rules.index(*digest);
    else if (auto bytes = read(*digest))
      rules.manifest(
          *bytes, Json::parse(*read(*Digest::parse(text_at(Json::parse(*bytes)["config"], "digest")))), tag);
    else
      rules.expect(false, "{} is missing", digest->text());
  }
  for (const auto& file : fs::directory_iterator(folder / "blobs/sha256"))
    rules.expect(digest_of(read_text(file.path())).hex() == file.path().filename().string(),
                 "{} has other bytes than its name says", file.path().filename().string());
  return rules.take();
}

std::optional<Digest> tagged_in_layout(const fs::path& folder, const std::string& tag) {
  Json index = Json::parse(read_text(folder / "index.json"), nullptr, false);
  if (!index.is_object()) return std::nullopt;
  for (const Json& entry : index.value("manifests", Json::array()))
    if (text_at(entry.value("annotations", Json::object()), "org.opencontainers.image.ref.name") == tag)
      return Digest::parse(text_at(entry, "digest")).value();
  return std::nullopt;
}

std::string uncompressed(const std::string& bytes) {
  Reader from(archive_read_new(), &archive_read_free);
  archive_read_support_filter_gzip(from.get());
  archive_read_support_filter_zstd(from.get());
  archive_read_support_format_raw(from.get());
  archive_entry* entry = nullptr;
  if (archive_read_open_memory(from.get(), bytes.data(), bytes.size()) != ARCHIVE_OK ||
      archive_read_next_header(from.get(), &entry) != ARCHIVE_OK)
    return {};
  return rest_of_entry(from.get());
}

std::optional<std::string> file_of_tar(const std::string& tar, const std::string& name) {
  Reader from(archive_read_new(), &archive_read_free);
  archive_read_support_format_tar(from.get());
  archive_entry* entry = nullptr;
  if (archive_read_open_memory(from.get(), tar.data(), tar.size()) != ARCHIVE_OK) return std::nullopt;
  while (archive_read_next_header(from.get(), &entry) == ARCHIVE_OK) {
    std::string path = archive_entry_pathname(entry);
    if (path.starts_with("./")) path = path.substr(2);
    if (path != name) continue;
    if (const char* target = archive_entry_symlink(entry)) return std::string("-> ") + target;
    return rest_of_entry(from.get());
  }
  return std::nullopt;
}

}  // namespace eulerpublisher::test
