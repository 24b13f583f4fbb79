#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "base/result.h"
#include "oci/document.h"
#include "oci/name.h"
#include "stream/spool.h"

namespace eulerpublisher {

// The local store: an OCI image layout (OCI image-spec, image-layout.md) that other tools can read as it is, with
// three folders of our own beside `blobs`:
//   archives/HEX.tar.xz       archives by their sha256, `.part` while they are being fetched
//   recipes/KEY.json          what became of an archive under a recipe
//   partial/                  files not yet named, only where the file system cannot do without (O_TMPFILE)
// Every file appears whole under its name or not at all.  Two runs may use one store at once; prune() wants it for
// itself.  Safe from any thread.
class Store {
 public:
  // Creates what is missing.  `denied`, `unavailable` (disk full) or `conflict` (prune is at work elsewhere).
  static Result<std::unique_ptr<Store>> open(const std::filesystem::path& folder);
  virtual ~Store() = default;

  virtual const std::filesystem::path& folder() const = 0;

  // A file to be filled; it has no name yet, and vanishes unless keep() gives it one.
  virtual Result<std::unique_ptr<Spool>> new_spool() = 0;
  // Names a sealed spool by its digest.  Keeping the same content twice is no error.
  virtual Done keep(Spool& spool) = 0;
  // Keeps a small document (configuration, manifest, index).
  virtual Done keep(const std::string& bytes) = 0;

  // A blob that is there with this size, or nothing.
  virtual Result<std::optional<std::unique_ptr<Blob>>> blob(const Descriptor& descriptor) = 0;
  virtual bool has(const Descriptor& descriptor) = 0;
  // A manifest, index or configuration, verified against its digest.
  virtual Result<std::optional<std::string>> document(const Digest& digest) = 0;

  // References in index.json, by org.opencontainers.image.ref.name.
  virtual Done set_reference(const Tag& tag, const Descriptor& descriptor) = 0;
  virtual Result<std::optional<Descriptor>> reference(const Tag& tag) = 0;
  virtual Result<std::vector<std::pair<std::string, Descriptor>>> references() = 0;

  // The recipe cache.  The key is a file name's worth of [a-z0-9-]; the value is the caller's JSON.
  virtual Result<std::optional<std::string>> recipe(const std::string& key) = 0;
  virtual Done set_recipe(const std::string& key, const std::string& json) = 0;

  // The archive with this checksum, if it has been fetched whole: its path.
  virtual Result<std::optional<std::filesystem::path>> archive(const Digest& checksum) = 0;
  // The file that this archive is being fetched into, with what an earlier run left in it.  Held by one run at a
  // time: another one that wants the same archive waits here.  The file's name stays when the spool goes, so that
  // the next run goes on where this one ended.
  virtual Result<std::unique_ptr<Spool>> resume_archive(const Digest& checksum, std::stop_token stop) = 0;
  // The archive is whole and verified: it gets its name.
  virtual Done keep_archive(const Digest& checksum, Spool& spool) = 0;
  // What was fetched is wrong: the next run begins at zero.
  virtual Done drop_archive(const Digest& checksum) = 0;

  struct Pruned {
    uint64_t bytes_before = 0;
    uint64_t bytes_after = 0;
    size_t files = 0;  // removed
  };
  // Removes the longest unused until at most `keep` bytes are left, whole images at a time: first unreferenced
  // blobs, then archives, then images with their references and recipes.  `conflict` while another run uses the
  // store.
  virtual Result<Pruned> prune(uint64_t keep) = 0;
};

}  // namespace eulerpublisher
