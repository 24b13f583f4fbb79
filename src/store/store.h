#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "oci/document.h"
#include "oci/name.h"
#include "stream/spool.h"

namespace eulerpublisher {

// The local store: an OCI image layout (OCI image-spec, image-layout.md) that other tools can read as it is,
// with folders of our own beside `blobs`, made when they are first needed:
//   archives/HEX.tar.xz       archives by their sha256, `.part` while they are being fetched
//   recipes/KEY.json          what became of an archive under a recipe
//   partial/                  files that will replace another, or, where the file system has no files without
//   a name
//                             (O_TMPFILE), all that are not whole yet; what a killed run left there goes at
//                             open()
//   lock, index.lock          flock: held by every run, shared; by whoever changes index.json
//
// Every file appears whole under its name or not at all.  Two runs may use one store at once; prune() wants
// it for itself.  Safe from any thread.
//
// Power cuts: a name that makes other files trusted is written only after they are on the disk.
// set_reference() and set_recipe() first wait for the blobs they name (keep() has already told the kernel to
// write them, so that little is left to wait for: 35 ms for 85 MB where it was measured), keep_archive() for
// the archive.  A blob that nothing names yet may be short after a power cut; has(), blob() and keep()
// compare sizes and see it.
class Store {
 public:
  // How files that are not whole yet are kept from sight.
  enum class Unfinished {
    without_name,  // where the file system can (O_TMPFILE), else as below
    in_partial,    // named, in partial/: for file systems that cannot, and for tests of that
  };

  // $XDG_CACHE_HOME/eulerpublisher, else ~/.cache/eulerpublisher.  `invalid` when neither is known.
  static Result<std::filesystem::path> default_folder();

  // Creates what is missing.  `invalid`: the folder holds something else; `denied`; `unavailable`: the disk
  // is full; `conflict`: prune() is at work elsewhere.
  static Result<std::unique_ptr<Store>> open(const std::filesystem::path& folder,
                                             Unfinished unfinished = Unfinished::without_name);
  virtual ~Store() = default;

  virtual const std::filesystem::path& folder() const = 0;

  // A file to be filled; it has no name yet, and vanishes unless keep() gives it one.
  virtual Result<std::unique_ptr<Spool>> new_spool() = 0;
  // Names a sealed spool of new_spool() by its digest.  Keeping the same content twice is no error; a file of
  // that name with another size is replaced.
  virtual Done keep(Spool& spool) = 0;
  // Keeps a small document (configuration, manifest, index).
  virtual Done keep(const std::string& bytes) = 0;

  // A blob that is there with this size, or nothing.
  virtual Result<std::optional<std::unique_ptr<Blob>>> blob(const Descriptor& descriptor) = 0;
  virtual bool has(const Descriptor& descriptor) = 0;
  // A manifest, index or configuration (at most 4 MiB), or nothing; `corrupt` when it is not what its digest
  // says.
  virtual Result<std::optional<std::string>> document(const Digest& digest) = 0;

  // References in index.json, by org.opencontainers.image.ref.name.  Entries and fields that other tools
  // wrote there stay.  What is referred to must be in the store: `not_found` otherwise.
  virtual Done set_reference(const Tag& tag, const Descriptor& descriptor) = 0;
  virtual Result<std::optional<Descriptor>> reference(const Tag& tag) = 0;
  virtual Result<std::vector<std::pair<std::string, Descriptor>>> references() = 0;

  // The recipe cache.  The key is a file name's worth of [a-z0-9-], `invalid` otherwise; the value is the
  // caller's JSON.  An entry says what was once made: whether its blobs are still there is for has() to tell.
  virtual Result<std::optional<std::string>> recipe(const std::string& key) = 0;
  virtual Done set_recipe(const std::string& key, const std::string& json) = 0;

  // The archive with this checksum, if it has been fetched whole: its path.
  virtual Result<std::optional<std::filesystem::path>> archive(const Digest& checksum) = 0;
  // The file that this archive is being fetched into, with what an earlier run left in it.  Held by one run
  // at a time: another one that wants the same archive waits here (`cancelled` when `stop` is asked for).
  // Nothing when the archive is there whole, perhaps since that wait: archive() has it.  The file's name
  // stays when the spool goes, so that the next run goes on where this one ended.
  virtual Result<std::optional<std::unique_ptr<Spool>>> resume_archive(const Digest& checksum,
                                                                       std::stop_token stop) = 0;
  // The archive in this spool of resume_archive() is whole and verified: it gets its name.
  virtual Done keep_archive(const Digest& checksum, Spool& spool) = 0;
  // What was fetched is wrong, whole or not: the next run begins at zero.
  virtual Done drop_archive(const Digest& checksum) = 0;

  struct Pruned {
    uint64_t bytes_before = 0;  // of blobs, archives and recipes
    uint64_t bytes_after = 0;
    size_t files = 0;  // removed
  };
  // Removes the longest unused until at most `keep` bytes are left, whole images at a time: first blobs that
  // nothing names, then archives, then images with their references and recipes.  `conflict` while another
  // run uses the store; no other thread may use this one meanwhile.
  virtual Result<Pruned> prune(uint64_t keep) = 0;
};

}  // namespace eulerpublisher
