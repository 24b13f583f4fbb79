#pragma once

#include <string>
#include <string_view>

#include "oci/platform.h"

namespace eulerpublisher::annotation {

// OCI image-spec, annotations.md, "Pre-Defined Annotation Keys".
inline constexpr std::string_view title = "org.opencontainers.image.title";
inline constexpr std::string_view version = "org.opencontainers.image.version";
inline constexpr std::string_view created = "org.opencontainers.image.created";
inline constexpr std::string_view source = "org.opencontainers.image.source";
inline constexpr std::string_view url = "org.opencontainers.image.url";
inline constexpr std::string_view vendor = "org.opencontainers.image.vendor";
inline constexpr std::string_view licenses = "org.opencontainers.image.licenses";
inline constexpr std::string_view ref_name = "org.opencontainers.image.ref.name";
inline constexpr std::string_view base_name = "org.opencontainers.image.base.name";
inline constexpr std::string_view base_digest = "org.opencontainers.image.base.digest";
inline constexpr std::string_view revision = "org.opencontainers.image.revision";

// Our own.  They say what an index was made of, so that a machine that has nothing else can tell that there
// is nothing to do.
inline constexpr std::string_view recipe = "org.openeuler.recipe";
inline constexpr std::string_view update_date = "org.openeuler.update.date";  // YYYY-MM-DD, of a dated update
inline constexpr std::string_view archive_url = "org.openeuler.archive.url";  // on a manifest
inline constexpr std::string_view archive_sha256 =
    "org.openeuler.archive.sha256";  // on a manifest; 64 hex digits

// Of application images: one hash of all that they are made from, and their bases with the digests that these
// had: `openeuler/openeuler:24.03-lts@sha256:…`, separated by blanks.
inline constexpr std::string_view identity = "org.openeuler.identity";
inline constexpr std::string_view bases = "org.openeuler.bases";

// On the index there is one of each per platform: `org.openeuler.archive.sha256.arm64`.
inline std::string per_platform(std::string_view key, const Platform& platform) {
  return std::string(key) + "." + platform.architecture;
}

}  // namespace eulerpublisher::annotation
