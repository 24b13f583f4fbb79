#include "oci/document.h"

#include <nlohmann/json.hpp>

#include "oci/media_type.h"

namespace eulerpublisher {
namespace {

using Json = nlohmann::json;

// Reads members of one JSON object; the first thing that is not as it must be becomes the error.
class Reader {
 public:
  Reader(const Json& object, std::string what) : object_(object), what_(std::move(what)) {}

  Result<std::string> text(const char* key, bool required = false) const {
    auto found = object_.find(key);
    if (found == object_.end() || found->is_null()) {
      if (required) return corrupt("{} has no '{}'", what_, key);
      return std::string{};
    }
    if (!found->is_string()) return corrupt("'{}' in {} is not a text", key, what_);
    return found->template get<std::string>();
  }

  Result<std::vector<std::string>> texts(const char* key) const {
    std::vector<std::string> all;
    auto found = object_.find(key);
    if (found == object_.end() || found->is_null()) return all;
    if (!found->is_array()) return corrupt("'{}' in {} is not a list", key, what_);
    for (const Json& item : *found) {
      if (!item.is_string()) return corrupt("'{}' in {} holds something that is not a text", key, what_);
      all.push_back(item.template get<std::string>());
    }
    return all;
  }

  Result<Annotations> map(const char* key) const {
    Annotations all;
    auto found = object_.find(key);
    if (found == object_.end() || found->is_null()) return all;
    if (!found->is_object()) return corrupt("'{}' in {} is not an object", key, what_);
    for (auto& [name, value] : found->items()) {
      if (!value.is_string()) return corrupt("'{}' of '{}' in {} is not a text", name, key, what_);
      all[name] = value.template get<std::string>();
    }
    return all;
  }

  // Null when absent.
  Result<const Json*> list(const char* key) const {
    auto found = object_.find(key);
    if (found == object_.end() || found->is_null()) return nullptr;
    if (!found->is_array()) return corrupt("'{}' in {} is not a list", key, what_);
    return &*found;
  }

  Result<const Json*> object(const char* key) const {
    auto found = object_.find(key);
    if (found == object_.end() || found->is_null()) return nullptr;
    if (!found->is_object()) return corrupt("'{}' in {} is not an object", key, what_);
    return &*found;
  }

 private:
  const Json& object_;
  std::string what_;
};

Result<Json> parse_object(std::string_view bytes, std::string_view what) {
  // Depth is bounded so that a hostile document cannot exhaust the stack.
  int deepest = 0;
  auto guard = [&](int depth, Json::parse_event_t, Json&) {
    deepest = std::max(deepest, depth);
    return depth < 64;
  };
  Json document = Json::parse(bytes, guard, false);
  if (document.is_discarded() || deepest >= 64 || !document.is_object())
    return corrupt("the {} is not a JSON object", what);
  return document;
}

Result<Platform> read_platform(const Json& object, const std::string& what) {
  Reader reader(object, what);
  Platform platform;
  platform.os = TRY(reader.text("os"));
  platform.architecture = TRY(reader.text("architecture"));
  platform.variant = TRY(reader.text("variant"));
  return platform;
}

Result<Descriptor> read_descriptor(const Json& object, const std::string& what) {
  if (!object.is_object()) return corrupt("{} is not an object", what);
  Reader reader(object, what);
  std::string digest_text = TRY(reader.text("digest", true));
  auto digest = Digest::parse(digest_text);
  if (!digest) return corrupt("{}: {}", what, digest.error().text());
  auto size = object.find("size");
  if (size == object.end() || !size->is_number_unsigned()) return corrupt("{} has no size", what);
  Descriptor descriptor{TRY(reader.text("mediaType")), *digest, size->get<uint64_t>(), {}, {}};
  descriptor.annotations = TRY(reader.map("annotations"));
  if (const Json* platform = TRY(reader.object("platform")))
    descriptor.platform = TRY(read_platform(*platform, "the platform of " + what));
  return descriptor;
}

Json print_descriptor(const Descriptor& descriptor) {
  Json json{{"mediaType", descriptor.media_type}, {"digest", descriptor.digest.text()}, {"size", descriptor.size}};
  if (!descriptor.annotations.empty()) json["annotations"] = descriptor.annotations;
  if (descriptor.platform) {
    Json platform{{"os", descriptor.platform->os}, {"architecture", descriptor.platform->architecture}};
    if (!descriptor.platform->variant.empty()) platform["variant"] = descriptor.platform->variant;
    json["platform"] = std::move(platform);
  }
  return json;
}

Result<std::vector<Descriptor>> read_descriptors(const Reader& reader, const char* key, std::string_view what) {
  const Json* list = TRY(reader.list(key));
  if (list == nullptr) return corrupt("the {} has no '{}'", what, key);
  std::vector<Descriptor> all;
  for (const Json& item : *list)
    all.push_back(TRY(read_descriptor(item, fmt::format("entry {} of '{}' in the {}", all.size(), key, what))));
  return all;
}

}  // namespace

Result<Manifest> Manifest::parse(std::string_view bytes) {
  Json json = TRY(parse_object(bytes, "manifest"));
  Reader reader(json, "the manifest");
  std::string media_type = TRY(reader.text("mediaType"));
  if (media_type.empty()) media_type = media_type::manifest;
  if (!media_type::is_manifest(media_type)) return corrupt("a manifest says that it is {}", media_type);
  const Json* config = TRY(reader.object("config"));
  if (config == nullptr) return corrupt("the manifest names no configuration");
  Descriptor configuration = TRY(read_descriptor(*config, "the configuration's entry in the manifest"));
  Manifest manifest{media_type, std::move(configuration), {}, {}};
  manifest.layers = TRY(read_descriptors(reader, "layers", "manifest"));
  manifest.annotations = TRY(reader.map("annotations"));
  return manifest;
}

std::string Manifest::print() const {
  Json json{{"schemaVersion", 2}, {"mediaType", media_type}, {"config", print_descriptor(config)}};
  json["layers"] = Json::array();
  for (const Descriptor& layer : layers) json["layers"].push_back(print_descriptor(layer));
  if (!annotations.empty()) json["annotations"] = annotations;
  return json.dump();
}

Result<Index> Index::parse(std::string_view bytes) {
  Json json = TRY(parse_object(bytes, "index"));
  Reader reader(json, "the index");
  Index index;
  index.media_type = TRY(reader.text("mediaType"));
  if (index.media_type.empty()) index.media_type = media_type::index;
  if (!media_type::is_index(index.media_type)) return corrupt("an index says that it is {}", index.media_type);
  index.manifests = TRY(read_descriptors(reader, "manifests", "index"));
  index.annotations = TRY(reader.map("annotations"));
  return index;
}

std::string Index::print() const {
  Json json{{"schemaVersion", 2}, {"mediaType", media_type}};
  json["manifests"] = Json::array();
  for (const Descriptor& manifest : manifests) json["manifests"].push_back(print_descriptor(manifest));
  if (!annotations.empty()) json["annotations"] = annotations;
  return json.dump();
}

Result<Config> Config::parse(std::string_view bytes) {
  Json json = TRY(parse_object(bytes, "configuration"));
  Reader reader(json, "the configuration");
  Config config;
  config.platform = TRY(read_platform(json, "the configuration"));
  config.created = TRY(reader.text("created"));
  if (const Json* inner = TRY(reader.object("config"))) {
    Reader run(*inner, "'config' of the configuration");
    config.cmd = TRY(run.texts("Cmd"));
    config.entrypoint = TRY(run.texts("Entrypoint"));
    config.env = TRY(run.texts("Env"));
    config.user = TRY(run.text("User"));
    config.labels = TRY(run.map("Labels"));
  }
  if (const Json* rootfs = TRY(reader.object("rootfs"))) {
    Reader files(*rootfs, "'rootfs' of the configuration");
    std::vector<std::string> diff_ids = TRY(files.texts("diff_ids"));
    for (const std::string& text : diff_ids) {
      auto diff_id = Digest::parse(text);
      if (!diff_id) return corrupt("a diff_id in the configuration: {}", diff_id.error().text());
      config.diff_ids.push_back(*diff_id);
    }
  }
  if (const Json* history = TRY(reader.list("history"))) {
    for (const Json& item : *history) {
      if (!item.is_object()) return corrupt("the configuration's history holds something that is not an object");
      Reader entry(item, "the configuration's history");
      auto empty = item.find("empty_layer");
      bool is_empty = empty != item.end() && empty->is_boolean() && empty->get<bool>();
      std::string created = TRY(entry.text("created"));
      std::string created_by = TRY(entry.text("created_by"));
      config.history.push_back({std::move(created), std::move(created_by), is_empty});
    }
  }
  return config;
}

}  // namespace eulerpublisher
