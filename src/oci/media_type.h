#pragma once

#include <string_view>

namespace eulerpublisher::media_type {

// OCI image-spec, media-types.md; and Docker's own, as registries still hold them.
inline constexpr std::string_view manifest = "application/vnd.oci.image.manifest.v1+json";
inline constexpr std::string_view index = "application/vnd.oci.image.index.v1+json";
inline constexpr std::string_view config = "application/vnd.oci.image.config.v1+json";
inline constexpr std::string_view layer_tar = "application/vnd.oci.image.layer.v1.tar";
inline constexpr std::string_view layer_gzip = "application/vnd.oci.image.layer.v1.tar+gzip";
inline constexpr std::string_view layer_zstd = "application/vnd.oci.image.layer.v1.tar+zstd";
inline constexpr std::string_view docker_manifest = "application/vnd.docker.distribution.manifest.v2+json";
inline constexpr std::string_view docker_list = "application/vnd.docker.distribution.manifest.list.v2+json";
inline constexpr std::string_view docker_config = "application/vnd.docker.container.image.v1+json";
inline constexpr std::string_view docker_layer = "application/vnd.docker.image.rootfs.diff.tar.gzip";

// Of an image (one platform), Docker's or OCI's.
inline bool is_manifest(std::string_view type) { return type == manifest || type == docker_manifest; }
// Of a list of images, Docker's or OCI's.
inline bool is_index(std::string_view type) { return type == index || type == docker_list; }

}  // namespace eulerpublisher::media_type
