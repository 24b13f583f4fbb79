#include "release/survey.h"

#include <map>
#include <sstream>

#include "image/annotations.h"
#include "oci/media_type.h"

namespace eulerpublisher {
namespace {

std::string value_of(const Annotations& annotations, std::string_view key) {
  auto found = annotations.find(std::string(key));
  return found == annotations.end() ? std::string{} : found->second;
}

std::optional<Digest> checksum_of(const Annotations& annotations, std::string_view key) {
  auto digest = Digest::sha256(value_of(annotations, key));
  return digest ? std::optional(*digest) : std::nullopt;
}

Content common_content(const Annotations& annotations) {
  Content content;
  if (auto version = Version::parse(value_of(annotations, annotation::version))) content.version = *version;
  content.created = value_of(annotations, annotation::created);
  content.update_date = value_of(annotations, annotation::update_date);
  content.recipe = value_of(annotations, annotation::recipe);
  content.identity = value_of(annotations, annotation::identity);
  if (content.identity.empty()) return content;
  content.tag = value_of(annotations, annotation::version);
  std::istringstream bases(value_of(annotations, annotation::bases));
  for (std::string base; bases >> base;) {
    size_t at = base.find('@');
    auto digest = at == base.npos ? Result<Digest>(invalid("no digest")) : Digest::parse(base.substr(at + 1));
    if (digest) content.bases.emplace(base.substr(0, at), *digest);
  }
  return content;
}

Result<Content> content_of_image(RepositoryReader& repository, const RawManifest& raw, std::stop_token stop) {
  Manifest manifest = TRY(Manifest::parse(raw.bytes));
  Content content = common_content(manifest.annotations);
  auto source = TRY(repository.open_blob(manifest.config, 0, stop));
  std::string bytes = TRY(read_all(*source, 4 << 20));
  Config config = TRY(Config::parse(bytes));
  content.platforms.push_back(config.platform);
  if (auto checksum = checksum_of(manifest.annotations, annotation::archive_sha256))
    content.archives.emplace(config.platform, *checksum);
  return content;
}

}  // namespace

Result<Content> read_content(RepositoryReader& repository, const RawManifest& raw, std::stop_token stop) {
  if (media_type::is_manifest(raw.media_type)) return content_of_image(repository, raw, stop);
  return content_of(TRY(Index::parse(raw.bytes)));
}

Content content_of(const Index& index) {
  Content content = common_content(index.annotations);
  for (const Descriptor& manifest : index.manifests) {
    // An attestation is listed with a platform that no machine has.
    if (!manifest.platform || manifest.platform->os == "unknown") continue;
    content.platforms.push_back(*manifest.platform);
    std::string key = annotation::per_platform(annotation::archive_sha256, *manifest.platform);
    if (auto checksum = checksum_of(index.annotations, key))
      content.archives.emplace(*manifest.platform, *checksum);
  }
  return content;
}

Result<std::vector<std::optional<Seen>>> survey(RepositoryReader& repository, const std::vector<Tag>& tags,
                                                std::stop_token stop) {
  std::vector<std::optional<Seen>> all;
  std::map<Digest, Content> read;
  for (const Tag& tag : tags) {
    auto found = TRY(repository.find(tag, stop));
    if (!found) {
      all.emplace_back();
      continue;
    }
    auto known = read.find(found->digest);
    if (known == read.end()) {
      auto raw = TRY(repository.manifest(found->digest, stop).within("reading what {} names", tag.text()));
      Content content = TRY(read_content(repository, raw, stop).within("reading what {} names", tag.text()));
      known = read.emplace(found->digest, std::move(content)).first;
    }
    all.emplace_back(Seen{found->digest, known->second});
  }
  return all;
}

}  // namespace eulerpublisher
