#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "base/result.h"

namespace eulerpublisher::catalogue {

// `path` seen from `folder`, both below the catalogue's root, without `.` and `..`; nothing when it leads out
// of the catalogue.
std::optional<std::string> joined_path(std::string_view folder, std::string_view path);
// The folder of a path (empty at the root) and its last part.
std::string_view folder_of(std::string_view path);
std::string_view name_in(std::string_view path);

// Which files lie below a catalogue's root, looked at once.  Paths are relative to the root, with slashes.
// Hidden folders are left out, as are `tests` and `config` at the top; links to folders are not followed.
class Tree {
 public:
  // Whether a folder at the top of a catalogue is no scene, by its name.
  static bool leaves_out(std::string_view top_folder);
  // All top folders, or only the one named.
  static Result<Tree> read(const std::filesystem::path& root, std::string_view only = {});

  const std::filesystem::path& root() const { return root_; }
  const std::vector<std::string>& top_folders() const { return top_folders_; }
  // In alphabetical order.
  const std::vector<std::string>& files() const { return files_; }
  // A file, or a link to one within the root.
  bool has_file(const std::string& path) const;
  bool has_folder(const std::string& path) const { return folders_.contains(path); }
  Result<std::string> text(const std::string& path) const;

  // An existing file or folder that differs from `path` in nothing but the case of letters.
  std::optional<std::string> in_other_case(const std::string& path) const;
  // The file below `folder` whose path is nearest to `path`, where one is near.
  std::optional<std::string> nearest_file(const std::string& folder, const std::string& path) const;

 private:
  std::filesystem::path root_;
  std::vector<std::string> top_folders_;
  std::vector<std::string> files_;
  std::unordered_set<std::string> known_;  // files
  std::unordered_set<std::string> links_;  // those of them that are links
  std::unordered_set<std::string> folders_;
  std::unordered_map<std::string, std::string> by_folded_case_;  // files and folders
};

}  // namespace eulerpublisher::catalogue
