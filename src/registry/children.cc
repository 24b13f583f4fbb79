#include "registry/children.h"

#include <nlohmann/json.hpp>

#include "oci/media_type.h"

namespace eulerpublisher {

Result<std::vector<Descriptor>> children_of(const RawManifest& manifest) {
  if (media_type::is_index(manifest.media_type)) {
    Index index = TRY(Index::parse(manifest.bytes));
    return std::move(index.manifests);
  }
  if (!media_type::is_manifest(manifest.media_type))
    return unsupported("'{}' is neither an image nor an index", manifest.media_type.substr(0, 100));
  Manifest image = TRY(Manifest::parse(manifest.bytes));
  std::vector<Descriptor> children = std::move(image.layers);
  children.push_back(std::move(image.config));
  return children;
}

std::string media_type_in(std::string_view bytes) {
  auto json = nlohmann::json::parse(bytes, nullptr, false);
  if (!json.is_object()) return {};
  auto type = json.find("mediaType");
  if (type != json.end()) return type->is_string() ? type->get<std::string>() : std::string{};
  if (json.contains("manifests")) return std::string(media_type::index);
  return json.contains("config") && json.contains("layers") ? std::string(media_type::manifest)
                                                            : std::string{};
}

}  // namespace eulerpublisher
