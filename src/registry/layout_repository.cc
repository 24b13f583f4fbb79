#include "registry/layout_repository.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "registry/children.h"
#include "stream/hashing.h"

namespace eulerpublisher {
namespace {

namespace fs = std::filesystem;

Error only_sha256(const Digest& digest) {
  return unsupported("{} is not a sha256 digest, and a layout folder of ours holds no other", digest.brief());
}

}  // namespace

LayoutRepository::LayoutRepository(fs::path folder)
    : folder_(std::move(folder)), name_("oci:" + folder_.string()) {}

Result<Store*> LayoutRepository::open(bool make) {
  auto store = store_.lock();
  if (!*store) {
    std::error_code ignored;
    if (!make && !fs::exists(folder_ / "index.json", ignored)) return nullptr;
    *store = TRY(Store::open(folder_).within("opening {}", name_));
  }
  return store->get();
}

Result<std::optional<Descriptor>> LayoutRepository::find(const Tag& tag, std::stop_token) {
  Store* store = TRY(open(false));
  if (!store) return std::nullopt;
  return store->reference(tag).within("{}: looking for tag {}", name_, tag.text());
}

Result<RawManifest> LayoutRepository::manifest(const Digest& digest, std::stop_token) {
  if (digest.algorithm() != "sha256") return only_sha256(digest);
  Store* store = TRY(open(false));
  std::optional<std::string> bytes;
  if (store) bytes = TRY(store->document(digest).within("{}: reading manifest {}", name_, digest.brief()));
  if (!bytes) return not_found("{} holds no manifest {}", name_, digest.brief());
  return RawManifest{media_type_in(*bytes), std::move(*bytes)};
}

Result<std::optional<uint64_t>> LayoutRepository::has_blob(const Digest& digest, std::stop_token) {
  if (digest.algorithm() != "sha256") return std::nullopt;
  fs::path path = folder_ / "blobs" / "sha256" / digest.hex();
  std::error_code error;
  uint64_t size = fs::file_size(path, error);
  if (error == std::errc::no_such_file_or_directory || error == std::errc::not_a_directory)
    return std::nullopt;
  if (error) return system_error(error.value(), "looking at " + path.string());
  return size;
}

Result<std::unique_ptr<Source>> LayoutRepository::open_blob(const Descriptor& blob, uint64_t offset,
                                                            std::stop_token stop) {
  auto size = TRY(has_blob(blob.digest, stop));
  if (!size) return not_found("{} holds no blob {}", name_, blob.digest.brief());
  if (*size != blob.size)
    return corrupt("{}: blob {} has {} bytes and should have {}; push it again", name_, blob.digest.brief(),
                   *size, blob.size);
  if (offset > blob.size)
    return invalid("{} has {} bytes and cannot be read from {} on", blob.digest.brief(), blob.size, offset);
  return FileBlob((folder_ / "blobs" / "sha256" / blob.digest.hex()).string(), blob).open(offset, stop);
}

Result<std::vector<Tag>> LayoutRepository::tags(std::stop_token) {
  std::vector<Tag> tags;
  Store* store = TRY(open(false));
  if (!store) return tags;
  auto references = TRY(store->references().within("{}: listing tags", name_));
  for (const auto& [text, descriptor] : references) {
    auto tag = Tag::parse(text);
    if (tag && std::ranges::find(tags, *tag) == tags.end()) tags.push_back(std::move(*tag));
  }
  return tags;
}

Result<Repository::Put> LayoutRepository::put_blob(const Blob& blob, std::stop_token stop) {
  Store* store = TRY(open(true));
  auto known = blob.descriptor();
  if (known && known->digest.algorithm() != "sha256") return only_sha256(known->digest);
  if (known && store->has(*known)) return Put::was_there;
  auto spool = TRY(store->new_spool().within("{}: writing a blob", name_));
  auto source = TRY(blob.open(0, stop));
  Hashing hashing(*spool);
  TRY(pump(*source, hashing, stop).within("{}: writing a blob", name_));
  Descriptor written{{}, hashing.digest(), hashing.size(), {}, {}};
  auto claimed = blob.descriptor();
  if (!claimed || claimed->digest != written.digest || claimed->size != written.size)
    return corrupt("{}: a blob of {} bytes with digest {} says it is {} with {} bytes", name_, written.size,
                   written.digest.text(), claimed ? claimed->digest.text() : "unfinished",
                   claimed ? claimed->size : 0);
  spool->seal(*claimed);
  TRY(store->keep(*spool).within("{}: keeping blob {}", name_, claimed->digest.brief()));
  return Put::sent;
}

Done LayoutRepository::require_children(const RawManifest& manifest) {
  auto children =
      TRY(children_of(manifest).within("{}: putting manifest {}", name_, manifest.digest().brief()));
  for (const Descriptor& child : children) {
    auto size = TRY(has_blob(child.digest, {}));
    if (size != child.size)
      return not_found("{}: manifest {} refers to {}, which is not there; put that first", name_,
                       manifest.digest().brief(), child.digest.brief());
  }
  return {};
}

Done LayoutRepository::put_manifest(const RawManifest& manifest, std::stop_token) {
  Store* store = TRY(open(true));
  TRY(require_children(manifest));
  return store->keep(manifest.bytes).within("{}: putting manifest {}", name_, manifest.digest().brief());
}

Done LayoutRepository::tag(const Tag& tag, const RawManifest& manifest, std::stop_token stop) {
  TRY(put_manifest(manifest, stop));
  Store* store = TRY(open(true));
  auto seen = TRY(find(tag, stop));
  if (seen && seen->digest == manifest.digest()) return {};
  return store->set_reference(tag, manifest.descriptor()).within("{}: setting tag {}", name_, tag.text());
}

Done LayoutRepository::may_push(std::stop_token) {
  std::error_code error;
  fs::path nearest = fs::absolute(folder_, error);
  while (!error && !fs::exists(nearest, error) && nearest.has_relative_path())
    nearest = nearest.parent_path();
  if (!fs::is_directory(nearest, error)) return denied("{}: {} is not a folder", name_, nearest.string());
  if (::access(nearest.c_str(), W_OK | X_OK) != 0)
    return denied("{}: {} cannot be written to; change its permissions or name another folder", name_,
                  nearest.string());
  return {};
}

}  // namespace eulerpublisher
