#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "base/result.h"
#include "stream/spool.h"

namespace eulerpublisher {

// A name in partial/ for as long as its file has no better one; destruction removes it.
class PartialName {
 public:
  PartialName() = default;
  explicit PartialName(std::filesystem::path path) : path_(std::move(path)) {}
  PartialName(PartialName&& other) noexcept : path_(std::exchange(other.path_, {})) {}
  PartialName& operator=(PartialName&& other) noexcept {
    path_.swap(other.path_);
    return *this;
  }
  ~PartialName();
  // Empty: the file has no name at all.
  const std::filesystem::path& path() const { return path_; }
  // The file has got another name by rename().
  void given_up() { path_.clear(); }

 private:
  std::filesystem::path path_;
};

// A file that nobody sees under its final name yet.
struct NewFile {
  FileHandle file;
  PartialName name;
};

// What to do when the final name exists already.
enum class IfThere {
  replace,
  keep_if_same_size,  // for names that are digests of the content
};

// What must be on the disk when a file has been written, so that a power cut cannot take it back.
enum class OnDisk {
  nothing,
  content,  // so that the name, once it is there, never stands for less
  content_and_name,
};

// Makes files that appear whole or not at all: filled without a name (O_TMPFILE) and linked, or filled in the
// folder `partial` and renamed.  All folders lie on one file system.  Files in `partial` are flock()ed by
// their owner, so that clean() takes away only what a killed run left.  Safe from any thread.
class NewFiles {
 public:
  NewFiles(std::filesystem::path folder, bool without_name);

  // An open file (read and write) without content, to be published within the folder.
  Result<NewFile> create() const;
  // Gives the file its name.  The folder of `target` is made when it is missing.
  Done publish(int file, PartialName& name, const std::filesystem::path& target, IfThere if_there) const;
  // All at once, for documents.
  Done write(const std::filesystem::path& target, std::string_view bytes, IfThere if_there,
             OnDisk on_disk) const;
  // Removes what killed runs left in `partial`.
  void clean() const;

 private:
  Result<NewFile> create_named() const;
  Done link(int file, const std::filesystem::path& target) const;

  std::filesystem::path folder_;
  std::filesystem::path partial_;
  bool without_name_;
};

// Puts a small file in the place of another, or where there is none: whoever reads it finds the old one or the
// new, whole.  It is written beside it as `.NAME.new`, by one process at a time.  For files outside a store.
Done replace_file(const std::filesystem::path& file, std::string_view bytes);

// Makes the folder and those above it.
Done make_folders(const std::filesystem::path& folder);
// Waits until the names in this folder are on the disk.
Done sync_folder(const std::filesystem::path& folder);
// An open file, or the error told as `reading FILE: …`; `not_found` when it is not there.
Result<FileHandle> open_file(const std::filesystem::path& path, int flags);

}  // namespace eulerpublisher
