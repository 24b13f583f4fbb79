#include <algorithm>
#include <array>

#include "check/checks.h"
#include "check/evidence.h"
#include "oci/media_type.h"

namespace eulerpublisher {
namespace {

bool is_layer(std::string_view type, bool docker) {
  static constexpr std::array<std::string_view, 3> of_oci{media_type::layer_tar, media_type::layer_gzip,
                                                          media_type::layer_zstd};
  if (docker) return type == media_type::docker_layer;
  return std::ranges::find(of_oci, type) != of_oci.end();
}

std::optional<Packing> packing_by_type(std::string_view type) {
  if (type == media_type::layer_tar) return Packing::none;
  if (type == media_type::layer_gzip || type == media_type::docker_layer) return Packing::gzip;
  if (type == media_type::layer_zstd) return Packing::zstd;
  return std::nullopt;
}

// What the bytes of the layers are, where they have been read, against what their types say.
void look_at_bytes(const CheckedPlatform& one, Findings& findings) {
  const auto& stated = one.content->layers;
  for (size_t i = 0; i < std::min(one.layers.size(), stated.size()); ++i) {
    auto by_type = packing_by_type(stated[i].media_type);
    const auto& by_bytes = one.layers[i].packing;
    bool empty = one.layers[i].size == 0;
    if (by_type && by_bytes && !empty && *by_type != *by_bytes)
      findings.push_back({one.platform.text(), fmt::format("layer {} is of the type {}, and its bytes are {}",
                                                           i + 1, stated[i].media_type, name_of(*by_bytes))});
  }
}

// Engines go by the type and not by the bytes; those of Docker and those of OCI do not mix within one
// manifest.
void look_at_manifest(const CheckedPlatform& one, Findings& findings) {
  std::string where = one.platform.text();
  const Manifest& manifest = *one.content;
  bool docker = one.manifest.media_type == media_type::docker_manifest;
  if (!manifest.media_type.empty() && manifest.media_type != one.manifest.media_type)
    findings.push_back(
        {where, fmt::format("the manifest calls itself {} and is listed as {}",
                            for_evidence(manifest.media_type), for_evidence(one.manifest.media_type))});
  if (manifest.config.media_type != (docker ? media_type::docker_config : media_type::config))
    findings.push_back({where, fmt::format("the configuration is of the type {}",
                                           for_evidence(manifest.config.media_type))});
  for (size_t i = 0; i < manifest.layers.size(); ++i)
    if (!is_layer(manifest.layers[i].media_type, docker))
      findings.push_back({where, fmt::format("layer {} is of the type {}, which engines do not unpack", i + 1,
                                             for_evidence(manifest.layers[i].media_type))});
}

Result<Findings> look(const Subject& subject, std::stop_token) {
  Findings findings;
  for (const CheckedPlatform& one : subject.image.platforms) {
    look_at_manifest(one, findings);
    look_at_bytes(one, findings);
  }
  if (subject.image.index)
    for (const Descriptor& child : (*subject.image.index)->manifests)
      if (!child.platform)
        findings.push_back({"", fmt::format("the index lists {} without a platform", child.digest.brief())});
  return findings;
}

}  // namespace

Check media_types_check() {
  return {.name = "media-types",
          .reason = "engines choose by platform and unpack by type: what they do not know they refuse",
          .severity = Severity::blocker,
          .look = look};
}

}  // namespace eulerpublisher
