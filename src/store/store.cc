#include "store/store.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>

#include "store/blobs.h"
#include "store/file_lock.h"
#include "store/layout_index.h"
#include "store/new_file.h"
#include "store/prune.h"

namespace eulerpublisher {
namespace {

namespace fs = std::filesystem;

// How long open() waits while another run holds the store for itself: prune() on a small store is done
// sooner.
constexpr std::chrono::seconds prune_patience{1};

// A spool that keep() can give a name.
class BlobSpool : public Spool {
 public:
  explicit BlobSpool(NewFile created) : Spool(std::move(created.file)), name(std::move(created.name)) {}
  PartialName name;
};

bool same_file(const struct stat& left, const struct stat& right) {
  return left.st_dev == right.st_dev && left.st_ino == right.st_ino;
}

bool is_regular(const fs::path& path) {
  struct stat seen {};
  return ::stat(path.c_str(), &seen) == 0 && S_ISREG(seen.st_mode);
}

class FolderStore : public Store {
 public:
  FolderStore(fs::path folder, FileLock lock, bool without_name)
      : folder_(std::move(folder)),
        lock_(std::move(lock)),
        files_(folder_, without_name),
        index_(folder_, files_) {}

  Done prepare() {
    files_.clean();
    TRY(index_.create());
    return make_folders(folder_ / "blobs" / "sha256");
  }

  const fs::path& folder() const override { return folder_; }

  Result<std::unique_ptr<Spool>> new_spool() override {
    NewFile created = TRY(files_.create());
    return std::make_unique<BlobSpool>(std::move(created));
  }

  Done keep(Spool& spool) override {
    auto* ours = dynamic_cast<BlobSpool*>(&spool);
    std::optional<Descriptor> sealed = spool.descriptor();
    if (ours == nullptr || !sealed) return invalid("only a sealed spool of this store can be kept in it");
    // A head start for the kernel; whoever names the blob waits for the rest.  It is only a hint.
    (void)::sync_file_range(spool.fd(), 0, 0, SYNC_FILE_RANGE_WRITE);
    return files_.publish(spool.fd(), ours->name, blob_path(folder_, sealed->digest),
                          IfThere::keep_if_same_size);
  }

  Done keep(const std::string& bytes) override {
    fs::path path = blob_path(folder_, digest_of(bytes));
    // A document is small enough to look whether a power cut has spoilt it.
    auto there = read_file(path.string(), bytes.size());
    if (there && *there == bytes) return {};
    return files_.write(path, bytes, IfThere::replace, OnDisk::nothing);
  }

  bool has(const Descriptor& descriptor) override {
    struct stat seen {};
    return ::stat(blob_path(folder_, descriptor.digest).c_str(), &seen) == 0 && S_ISREG(seen.st_mode) &&
           static_cast<uint64_t>(seen.st_size) == descriptor.size;
  }

  Result<std::optional<std::unique_ptr<Blob>>> blob(const Descriptor& descriptor) override {
    if (!has(descriptor)) return std::nullopt;
    return std::make_unique<FileBlob>(blob_path(folder_, descriptor.digest).string(), descriptor);
  }

  Result<std::optional<std::string>> document(const Digest& digest) override {
    fs::path path = blob_path(folder_, digest);
    if (!is_regular(path)) return std::nullopt;
    if (digest.algorithm() != "sha256")
      return unsupported("only sha256 can be verified, and this is {}", digest.text());
    std::string bytes = TRY(read_file(path.string(), document_limit));
    if (digest_of(bytes) != digest)
      return corrupt("{} is not what its name says; remove it and run again", path.string());
    return bytes;
  }

  Done set_reference(const Tag& tag, const Descriptor& descriptor) override {
    if (!has(descriptor))
      return not_found("{} is not in the store {}, so {} cannot name it", descriptor.digest.text(),
                       folder_.string(), tag.text());
    touch(blob_path(folder_, descriptor.digest));
    bool there = TRY(index_.has(tag.text(), descriptor));
    if (there) return {};
    std::set<Digest> named = TRY(reachable(folder_, {descriptor.digest}));
    TRY(sync_blobs(folder_, named));
    return index_.set(tag.text(), descriptor);
  }

  Result<std::optional<Descriptor>> reference(const Tag& tag) override {
    auto found = TRY(index_.find(tag.text()));
    if (found) touch(blob_path(folder_, found->digest));
    return found;
  }

  Result<std::vector<std::pair<std::string, Descriptor>>> references() override {
    auto entries = TRY(index_.all());
    std::erase_if(entries, [](const auto& entry) { return entry.first.empty(); });
    return entries;
  }

  Result<std::optional<std::string>> recipe(const std::string& key) override {
    fs::path path = TRY(recipe_path(key));
    if (!is_regular(path)) return std::nullopt;
    touch(path);
    std::string json = TRY(read_file(path.string(), document_limit));
    return json;
  }

  Done set_recipe(const std::string& key, const std::string& json) override {
    fs::path path = TRY(recipe_path(key));
    std::set<Digest> named = TRY(reachable(folder_, digests_in(json)));
    TRY(sync_blobs(folder_, named));
    TRY(make_folders(path.parent_path()));
    return files_.write(path, json, IfThere::replace, OnDisk::content);
  }

  Result<std::optional<fs::path>> archive(const Digest& checksum) override {
    fs::path path = archive_path(checksum);
    if (!is_regular(path)) return std::nullopt;
    touch(path);
    return path;
  }

  Result<std::optional<std::unique_ptr<Spool>>> resume_archive(const Digest& checksum,
                                                               std::stop_token stop) override {
    fs::path part = part_path(checksum);
    TRY(make_folders(part.parent_path()));
    while (true) {
      FileHandle file = TRY(open_file(part, O_RDWR | O_CREAT));
      TRY(lock_open_file(file.get(), part, stop));
      // While we waited, the one before us may have completed the archive, or dropped it.
      if (is_regular(archive_path(checksum))) {
        if (holds(file.get(), part)) ::unlink(part.c_str());
        return std::nullopt;
      }
      if (!holds(file.get(), part)) continue;
      struct stat seen {};
      if (::fstat(file.get(), &seen) != 0) return system_error(errno, "reading " + part.string());
      return std::make_unique<Spool>(std::move(file), static_cast<uint64_t>(seen.st_size));
    }
  }

  Done keep_archive(const Digest& checksum, Spool& spool) override {
    fs::path part = part_path(checksum), whole = archive_path(checksum);
    if (holds(spool.fd(), whole)) return {};
    if (!holds(spool.fd(), part))
      return conflict("{} is no longer the file that was fetched; fetch the archive again", part.string());
    if (::fdatasync(spool.fd()) != 0) return system_error(errno, "writing " + part.string());
    if (::rename(part.c_str(), whole.c_str()) != 0) return system_error(errno, "writing " + whole.string());
    return {};
  }

  Done drop_archive(const Digest& checksum) override {
    for (const fs::path& path : {part_path(checksum), archive_path(checksum)})
      if (::unlink(path.c_str()) != 0 && errno != ENOENT)
        return system_error(errno, "removing " + path.string());
    return {};
  }

  Result<Pruned> prune(uint64_t keep) override {
    bool alone = TRY(lock_.raise());
    if (!alone) return conflict("another run uses the store {}; try again when it is done", folder_.string());
    auto pruned = prune_store(folder_, index_, keep);
    TRY(lock_.lower());
    return pruned;
  }

 private:
  // Whether the open file is the one of this name now.
  static bool holds(int file, const fs::path& path) {
    struct stat ours {
    }, named{};
    return ::fstat(file, &ours) == 0 && ::stat(path.c_str(), &named) == 0 && same_file(ours, named);
  }

  Result<fs::path> recipe_path(const std::string& key) const {
    bool good = !key.empty() && key.size() <= 200 && std::ranges::all_of(key, [](char c) {
      return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
    });
    if (!good) return invalid("'{}' is not the key of a recipe: up to 200 of [a-z0-9-]", key.substr(0, 240));
    return folder_ / "recipes" / (key + ".json");
  }

  fs::path archive_path(const Digest& checksum) const {
    return folder_ / "archives" / fmt::format("{}.tar.xz", checksum.hex());
  }
  fs::path part_path(const Digest& checksum) const {
    return folder_ / "archives" / fmt::format("{}.tar.xz.part", checksum.hex());
  }

  fs::path folder_;
  FileLock lock_;
  NewFiles files_;
  LayoutIndex index_;
};

// Refuses a folder that holds something else.  A store that is just being made has no oci-layout yet, so what
// the first run makes before it counts as ours.
Done look_whether_ours(const fs::path& folder) {
  static constexpr std::array<std::string_view, 8> own = {
      "oci-layout", "index.json", "index.lock", "lock", "blobs", "partial", "archives", "recipes"};
  std::error_code failed;
  if (!fs::is_directory(folder, failed))
    return invalid("{} is not a folder; name another one", folder.string());
  if (fs::exists(folder / "oci-layout", failed)) return {};
  fs::directory_iterator entry(folder, failed);
  for (; !failed && entry != fs::directory_iterator(); entry.increment(failed)) {
    std::string name = entry->path().filename().string();
    if (name == "lost+found" || std::ranges::find(own, name) != own.end()) continue;
    return invalid("{} holds '{}' and no OCI image layout; name an empty or a new folder", folder.string(),
                   name);
  }
  if (failed) return system_error(failed.value(), "reading the folder " + folder.string());
  return {};
}

}  // namespace

Result<fs::path> Store::default_folder() {
  const char* cache = std::getenv("XDG_CACHE_HOME");
  // XDG Base Directory Specification: a path that is not absolute is to be ignored.
  if (cache != nullptr && cache[0] == '/') return fs::path(cache) / "eulerpublisher";
  const char* home = std::getenv("HOME");
  if (home != nullptr && home[0] == '/') return fs::path(home) / ".cache" / "eulerpublisher";
  return invalid("neither XDG_CACHE_HOME nor HOME says where the store is; name a folder with --store");
}

Result<std::unique_ptr<Store>> Store::open(const fs::path& folder, Unfinished unfinished) {
  if (folder.empty()) return invalid("the store needs a folder; name one with --store");
  std::error_code ignored;
  if (!fs::exists(folder, ignored)) TRY(make_folders(folder));
  TRY(look_whether_ours(folder));
  auto lock = TRY(FileLock::shared(folder / "lock", prune_patience));
  if (!lock) return conflict("the store {} is being pruned; try again when that is done", folder.string());
  auto store =
      std::make_unique<FolderStore>(folder, std::move(*lock), unfinished == Unfinished::without_name);
  TRY(store->prepare());
  return store;
}

}  // namespace eulerpublisher
