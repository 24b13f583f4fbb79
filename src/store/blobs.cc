#include "store/blobs.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <vector>

#include "store/layout_index.h"
#include "store/new_file.h"
#include "stream/stream.h"

namespace eulerpublisher {
namespace {

namespace fs = std::filesystem;

// What the blob names if it is a document; layers are compressed or tar, and never begin like one.
Result<std::set<Digest>> named_by(const fs::path& blob, uint64_t size) {
  if (size > document_limit) return std::set<Digest>{};
  std::string bytes = TRY(read_file(blob.string(), document_limit));
  if (!bytes.starts_with('{')) return std::set<Digest>{};
  return digests_in(bytes, "digest");
}

}  // namespace

fs::path blob_path(const fs::path& layout, const Digest& digest) {
  return layout / "blobs" / digest.algorithm() / digest.hex();
}

Result<std::set<Digest>> reachable(const fs::path& layout, const std::set<Digest>& from) {
  std::set<Digest> found;
  std::vector<Digest> ahead(from.begin(), from.end());
  while (!ahead.empty()) {
    Digest digest = std::move(ahead.back());
    ahead.pop_back();
    fs::path path = blob_path(layout, digest);
    struct stat seen {};
    if (found.contains(digest) || ::stat(path.c_str(), &seen) != 0 || !S_ISREG(seen.st_mode)) continue;
    std::set<Digest> named = TRY(named_by(path, static_cast<uint64_t>(seen.st_size)));
    ahead.insert(ahead.end(), named.begin(), named.end());
    found.insert(std::move(digest));
  }
  return found;
}

Done sync_blobs(const fs::path& layout, const std::set<Digest>& digests) {
  std::set<fs::path> folders;
  for (const Digest& digest : digests) {
    fs::path path = blob_path(layout, digest);
    FileHandle blob = TRY(open_file(path, O_RDONLY));
    if (::fdatasync(blob.get()) != 0) return system_error(errno, "writing " + path.string() + " to the disk");
    folders.insert(path.parent_path());
  }
  for (const fs::path& folder : folders) TRY(sync_folder(folder));
  return {};
}

void touch(const fs::path& path) { (void)::utimensat(AT_FDCWD, path.c_str(), nullptr, 0); }

}  // namespace eulerpublisher
