#pragma once

#include <filesystem>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/file_handle.h"
#include "base/result.h"
#include "stream/tar_reader.h"

namespace eulerpublisher {

// A folder that becomes the root file system of a container, layer by layer.  No name in a layer leads out of
// it; see unpack.h.  Used by one thread.
class RootFolder {
 public:
  static Result<RootFolder> open(const std::filesystem::path& folder);

  // What was written until now is of lower layers: whiteouts take it away.
  void begin_layer() { added_.clear(); }
  // Writes the entry the reader stands at.
  Done add(const TarEntry& entry, TarReader& content);

  // A file's content, links followed within the root; nothing when it is not there or is no file.
  Result<std::optional<std::string>> read(const std::string& name, uint64_t limit) const;

 private:
  explicit RootFolder(FileHandle root) : root_(std::move(root)) {}

  // Where an entry goes: its folder, opened, and the name in there.
  struct Place {
    FileHandle folder;
    std::string leaf;
    std::string path;  // of the whole, without a slash in front
  };
  Result<Place> place_of(std::string_view name, bool make);
  Result<FileHandle> open_folder(const std::string& path, bool make);
  Done hide(const Place& place);
  Done clear_for(const Place& place, TarEntry::Type type);
  Done make(const Place& place, const TarEntry& entry, TarReader& content);
  Done make_folder(const Place& place, const TarEntry& entry);
  Done make_file(const Place& place, const TarEntry& entry, TarReader& content);
  Done make_hard_link(const Place& place, const TarEntry& entry);
  // Removes what lower layers have in a folder.
  Done empty(int folder, const std::string& path);
  Done remove(int folder, const std::string& leaf, const std::string& path);
  bool is_added(const std::string& path) const { return added_.contains(path); }

  FileHandle root_;
  std::set<std::string, std::less<>> added_;  // by this layer
};

}  // namespace eulerpublisher
