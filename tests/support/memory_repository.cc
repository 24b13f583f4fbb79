#include "support/memory_repository.h"

#include "registry/children.h"
#include "stream/hashing.h"

namespace eulerpublisher::test {

namespace {

// Reads from a copy, so that it outlives the repository.
class OwnedSource : public Source {
 public:
  OwnedSource(std::string bytes, uint64_t offset) : bytes_(std::move(bytes)), offset_(offset) {}
  Result<size_t> read(std::span<std::byte> room) override {
    Bytes rest = as_bytes(bytes_).subspan(offset_);
    size_t count = std::min(room.size(), rest.size());
    std::copy_n(rest.begin(), count, room.begin());
    offset_ += count;
    return count;
  }

 private:
  std::string bytes_;
  size_t offset_;
};

}  // namespace

MemoryRegistry::Holdings MemoryRepository::holdings() const {
  return (*registry_->repositories.lock())[name_];
}

Done MemoryRepository::enter(const std::string& operation, const std::stop_token& stop) {
  if (stop.stop_requested()) return cancelled("{}: {} was stopped", name_, operation);
  if (before) return before(operation);
  return {};
}

Result<std::optional<Descriptor>> MemoryRepository::find(const Tag& tag, std::stop_token stop) {
  TRY(enter("find " + tag.text(), stop));
  auto repositories = registry_->repositories.lock();
  auto& holdings = (*repositories)[name_];
  auto found = holdings.tags.find(tag);
  if (found == holdings.tags.end()) return std::nullopt;
  return holdings.manifests.at(found->second).descriptor();
}

Result<RawManifest> MemoryRepository::manifest(const Digest& digest, std::stop_token stop) {
  TRY(enter("manifest", stop));
  auto repositories = registry_->repositories.lock();
  auto& holdings = (*repositories)[name_];
  auto found = holdings.manifests.find(digest);
  if (found == holdings.manifests.end()) return not_found("{} holds no manifest {}", name_, digest.brief());
  return found->second;
}

Result<std::optional<uint64_t>> MemoryRepository::has_blob(const Digest& digest, std::stop_token stop) {
  TRY(enter("has_blob", stop));
  auto repositories = registry_->repositories.lock();
  auto& blobs = (*repositories)[name_].blobs;
  auto found = blobs.find(digest);
  if (found == blobs.end()) return std::nullopt;
  return found->second.size();
}

Result<std::unique_ptr<Source>> MemoryRepository::open_blob(const Descriptor& blob, uint64_t offset,
                                                            std::stop_token stop) {
  TRY(enter("open_blob", stop));
  auto repositories = registry_->repositories.lock();
  auto& blobs = (*repositories)[name_].blobs;
  auto found = blobs.find(blob.digest);
  if (found == blobs.end()) return not_found("{} holds no blob {}", name_, blob.digest.brief());
  if (offset > found->second.size())
    return invalid("{} cannot be read from {} on", blob.digest.brief(), offset);
  return std::make_unique<OwnedSource>(found->second, offset);
}

Result<std::vector<Tag>> MemoryRepository::tags(std::stop_token stop) {
  TRY(enter("tags", stop));
  std::vector<Tag> tags;
  auto repositories = registry_->repositories.lock();
  for (const auto& [tag, digest] : (*repositories)[name_].tags) tags.push_back(tag);
  return tags;
}

Result<Repository::Put> MemoryRepository::put_blob(const Blob& blob, std::stop_token stop) {
  TRY(enter("put_blob", stop));
  if (auto known = blob.descriptor()) {
    auto repositories = registry_->repositories.lock();
    if ((*repositories)[name_].blobs.contains(known->digest)) return Put::was_there;
    for (auto& [other, holdings] : *repositories) {
      auto found = holdings.blobs.find(known->digest);
      if (found == holdings.blobs.end()) continue;
      (*repositories)[name_].blobs.insert(*found);
      return Put::mounted;
    }
  }
  auto source = TRY(blob.open(0, stop));
  std::string bytes = TRY(read_all(*source, uint64_t{1} << 32));
  if (stop.stop_requested()) return cancelled("{}: put_blob was stopped", name_);
  auto claimed = blob.descriptor();
  if (!claimed || claimed->digest != digest_of(bytes) || claimed->size != bytes.size())
    return corrupt("{}: a blob is not what it says it is", name_);
  (*registry_->repositories.lock())[name_].blobs.emplace(claimed->digest, std::move(bytes));
  return Put::sent;
}

Done MemoryRepository::put_manifest(const RawManifest& manifest, std::stop_token stop) {
  TRY(enter("put_manifest", stop));
  auto children = TRY(children_of(manifest));
  auto repositories = registry_->repositories.lock();
  auto& holdings = (*repositories)[name_];
  for (const Descriptor& child : children) {
    if (!holdings.manifests.contains(child.digest) && !holdings.blobs.contains(child.digest))
      return not_found("{}: manifest {} refers to {}, which is not there", name_, manifest.digest().brief(),
                       child.digest.brief());
  }
  holdings.manifests.emplace(manifest.digest(), manifest);
  return {};
}

Done MemoryRepository::tag(const Tag& tag, const RawManifest& manifest, std::stop_token stop) {
  TRY(enter("tag " + tag.text(), stop));
  auto repositories = registry_->repositories.lock();
  auto& holdings = (*repositories)[name_];
  if (!holdings.manifests.contains(manifest.digest()))
    return not_found("{}: tag {} is to name {}, which is not there", name_, tag.text(),
                     manifest.digest().brief());
  holdings.tags.insert_or_assign(tag, manifest.digest());
  return {};
}

Done MemoryRepository::may_push(std::stop_token stop) { return enter("may_push", stop); }

}  // namespace eulerpublisher::test
