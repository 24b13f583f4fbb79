#include <nlohmann/json.hpp>

#include "image/convert.h"

namespace eulerpublisher {
namespace {

using Json = nlohmann::json;

Result<std::string> text(const Json& object, const char* key) {
  auto found = object.find(key);
  if (found == object.end() || !found->is_string()) return corrupt("the cached image has no '{}'", key);
  return found->get<std::string>();
}

}  // namespace

std::string ConvertedImage::print() const {
  Json json{{"archive", archive.text()}, {"platform", platform.text()}, {"config", config},
            {"os_version", os_version},  {"created", created},          {"layers", Json::array()}};
  for (const Descriptor& layer : layers)
    json["layers"].push_back(
        {{"mediaType", layer.media_type}, {"digest", layer.digest.text()}, {"size", layer.size}});
  return json.dump();
}

Result<ConvertedImage> ConvertedImage::parse(std::string_view bytes) {
  Json json = Json::parse(bytes, nullptr, false);
  if (!json.is_object()) return corrupt("the cached image is not a JSON object");
  Digest archive = TRY(Digest::parse(TRY(text(json, "archive"))));
  Platform platform = TRY(Platform::parse(TRY(text(json, "platform"))));
  std::string config = TRY(text(json, "config"));
  std::string os_version = TRY(text(json, "os_version"));
  std::string created = TRY(text(json, "created"));
  ConvertedImage image{archive, platform, {}, config, os_version, created};
  auto layers = json.find("layers");
  if (layers == json.end() || !layers->is_array()) return corrupt("the cached image has no 'layers'");
  for (const Json& layer : *layers) {
    if (!layer.is_object()) return corrupt("a layer of the cached image is not an object");
    auto size = layer.find("size");
    if (size == layer.end() || !size->is_number_unsigned())
      return corrupt("a layer of the cached image has no size");
    std::string media_type = TRY(text(layer, "mediaType"));
    Digest digest = TRY(Digest::parse(TRY(text(layer, "digest"))));
    image.layers.push_back({media_type, digest, size->get<uint64_t>(), {}, {}});
  }
  return image;
}

}  // namespace eulerpublisher
