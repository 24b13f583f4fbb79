#include "image/assemble.h"

#include <algorithm>

#include "base/clock.h"
#include "image/annotations.h"
#include "oci/media_type.h"

namespace eulerpublisher {
namespace {

// What stands on the index and on each manifest alike.
Annotations shared_annotations(const Provenance& provenance, const std::string& created) {
  Annotations all;
  auto put = [&](std::string_view key, const std::string& value) {
    if (!value.empty()) all[std::string(key)] = value;
  };
  put(annotation::title, provenance.title);
  put(annotation::version, provenance.version);
  put(annotation::created, created);
  put(annotation::source, provenance.source);
  put(annotation::url, provenance.url);
  put(annotation::vendor, provenance.vendor);
  put(annotation::licenses, provenance.licenses);
  put(annotation::ref_name, provenance.tag);
  // A root file system that stands on no other image; so there is no digest of one, either.
  put(annotation::base_name, "scratch");
  put(annotation::update_date, provenance.update_date);
  put(annotation::recipe, provenance.recipe);
  return all;
}

bool is_earlier(const std::string& left, const std::string& right) {
  auto left_time = parse_rfc3339(left);
  auto right_time = parse_rfc3339(right);
  if (left_time && right_time && *left_time != *right_time) return *left_time < *right_time;
  return left < right;
}

}  // namespace

AssembledImage assemble_image(const ConvertedImage& image, const std::string& archive_url,
                              const Provenance& provenance) {
  Descriptor config{std::string(media_type::config), digest_of(image.config), image.config.size(), {}, {}};
  Manifest manifest{std::string(media_type::manifest), std::move(config), image.layers,
                    shared_annotations(provenance, image.created)};
  manifest.annotations[std::string(annotation::archive_url)] = archive_url;
  manifest.annotations[std::string(annotation::archive_sha256)] = image.archive.hex();
  return {image.platform,
          image.archive,
          archive_url,
          image.created,
          image.config,
          image.layers,
          Document<Manifest>::of(std::move(manifest))};
}

Document<Index> assemble_index(const std::vector<AssembledImage>& images, const Provenance& provenance) {
  std::vector<const AssembledImage*> sorted;
  for (const AssembledImage& image : images) sorted.push_back(&image);
  std::ranges::sort(sorted, {}, [](const AssembledImage* image) { return image->platform.text(); });
  std::string newest;
  for (const AssembledImage* image : sorted)
    if (newest.empty() || is_earlier(newest, image->created)) newest = image->created;

  Index index;
  index.media_type = media_type::index;
  index.annotations = shared_annotations(provenance, newest);
  for (const AssembledImage* image : sorted) {
    Descriptor entry = image->manifest.descriptor(media_type::manifest);
    entry.platform = image->platform;
    entry.annotations[std::string(annotation::archive_sha256)] = image->archive.hex();
    index.manifests.push_back(std::move(entry));
    index.annotations[annotation::per_platform(annotation::archive_url, image->platform)] =
        image->archive_url;
    index.annotations[annotation::per_platform(annotation::archive_sha256, image->platform)] =
        image->archive.hex();
  }
  return Document<Index>::of(std::move(index));
}

}  // namespace eulerpublisher
