#include "sync/known_images.h"

#include "oci/media_type.h"
#include "release/survey.h"

namespace eulerpublisher::sync {

Result<Content> KnownImages::content(RepositoryReader& repository, const Digest& digest,
                                     std::stop_token stop) {
  {
    auto known = known_.lock();
    if (auto found = known->find(digest); found != known->end()) {
      found->second.used = true;
      return found->second.content;
    }
  }
  RawManifest raw = TRY(repository.manifest(digest, stop));
  Content content = TRY(read_content(repository, raw, stop));
  std::string index = media_type::is_manifest(raw.media_type) ? std::string{} : raw.bytes;
  known_.lock()->insert_or_assign(digest, Known{content, std::move(index), true});
  return content;
}

Result<std::vector<std::optional<Seen>>> KnownImages::survey(RepositoryReader& repository,
                                                             const std::vector<Tag>& tags,
                                                             std::stop_token stop) {
  std::vector<std::optional<Seen>> all;
  for (const Tag& tag : tags) {
    auto found = TRY(repository.find(tag, stop));
    if (!found) {
      all.emplace_back();
      continue;
    }
    Content content =
        TRY(this->content(repository, found->digest, stop).within("reading what {} names", tag.text()));
    all.emplace_back(Seen{found->digest, std::move(content)});
  }
  return all;
}

std::map<Digest, std::string> KnownImages::indexes() {
  std::map<Digest, std::string> indexes;
  auto known = known_.lock();
  for (const auto& [digest, image] : *known)
    if (!image.index.empty()) indexes.emplace(digest, image.index);
  return indexes;
}

void KnownImages::keep(const std::map<Digest, std::string>& indexes) {
  auto known = known_.lock();
  for (const auto& [digest, bytes] : indexes) {
    auto index = Index::parse(bytes);
    if (index && digest_of(bytes) == digest)
      known->insert_or_assign(digest, Known{content_of(*index), bytes, false});
  }
}

void KnownImages::forget_unused() {
  auto known = known_.lock();
  std::erase_if(*known, [](const auto& entry) { return !entry.second.used; });
  for (auto& [digest, image] : *known) image.used = false;
}

}  // namespace eulerpublisher::sync
