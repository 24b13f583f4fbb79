#pragma once

#include <string>
#include <vector>

#include "image/convert.h"
#include "oci/document.h"

namespace eulerpublisher {

// An image of one platform, complete: what the registry gets.
struct AssembledImage {
  Platform platform;
  Digest archive;           // checksum of the archive it was made from
  std::string archive_url;  // canonical address, whichever mirror it was fetched from
  std::string created;      // RFC 3339, from the archive
  std::string config;       // exact bytes
  std::vector<Descriptor> layers;
  Document<Manifest> manifest;
};

// What the annotations need to know beside the image itself.
struct Provenance {
  std::string title = "openEuler";
  std::string version;  // 24.03-LTS-SP1
  std::string tag;      // the version's own tag
  std::string vendor = "openEuler";
  std::string url = "https://www.openeuler.org";
  std::string source = "https://gitee.com/openeuler/openeuler-docker-images";
  std::string licenses = "MulanPSL-2.0";
  std::string update_date;  // YYYY-MM-DD, of a dated update; else empty
  std::string recipe;
};

// Pure: the same values give the same bytes (OCI image-spec, annotations.md, "Pre-Defined Annotation Keys").
AssembledImage assemble_image(const ConvertedImage& image, const std::string& archive_url,
                              const Provenance& provenance);

// One index over all platforms, in the order of their names.
Document<Index> assemble_index(const std::vector<AssembledImage>& images, const Provenance& provenance);

}  // namespace eulerpublisher
