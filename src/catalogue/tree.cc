#include "catalogue/tree.h"

#include <algorithm>

#include "base/nearest.h"
#include "stream/stream.h"

namespace eulerpublisher::catalogue {

namespace fs = std::filesystem;

namespace {

constexpr uint64_t largest_file = 4 << 20;  // bytes of a file that is read

std::string folded(std::string text) {
  for (char& c : text)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return text;
}

bool is_hidden(const fs::path& path) { return path.filename().native().starts_with("."); }

}  // namespace

std::optional<std::string> joined_path(std::string_view folder, std::string_view path) {
  std::vector<std::string_view> parts;
  auto walk = [&](std::string_view text) {
    while (!text.empty()) {
      size_t slash = text.find('/');
      std::string_view part = text.substr(0, slash);
      text = slash == text.npos ? std::string_view{} : text.substr(slash + 1);
      if (part.empty() || part == ".") continue;
      if (part != "..") {
        parts.push_back(part);
      } else if (parts.empty()) {
        return false;
      } else {
        parts.pop_back();
      }
    }
    return true;
  };
  if (!walk(folder) || !walk(path)) return std::nullopt;
  return fmt::format("{}", fmt::join(parts, "/"));
}

std::string_view folder_of(std::string_view path) {
  size_t slash = path.rfind('/');
  return slash == path.npos ? std::string_view{} : path.substr(0, slash);
}

std::string_view name_in(std::string_view path) {
  size_t slash = path.rfind('/');
  return slash == path.npos ? path : path.substr(slash + 1);
}

bool Tree::leaves_out(std::string_view top_folder) {
  return top_folder.starts_with(".") || top_folder == "tests" || top_folder == "config";
}

Result<Tree> Tree::read(const fs::path& root, std::string_view only) {
  Tree tree;
  tree.root_ = root;
  size_t prefix = root.native().size() + (root.native().ends_with('/') ? 0 : 1);
  std::error_code error;
  auto walker = fs::recursive_directory_iterator(root, error);
  if (error) return system_error(error.value(), fmt::format("reading the folder {}", root.native()));
  for (; walker != fs::recursive_directory_iterator(); walker.increment(error)) {
    const fs::directory_entry& found = *walker;
    std::string path = found.path().native().substr(prefix);
    bool at_top = walker.depth() == 0;
    std::error_code unknown;
    if (found.is_directory(unknown) && !found.is_symlink(unknown)) {
      bool left_out = is_hidden(found.path()) || (at_top && leaves_out(path)) ||
                      (at_top && !only.empty() && path != only);
      if (left_out) {
        walker.disable_recursion_pending();
        continue;
      }
      if (at_top) tree.top_folders_.push_back(path);
      tree.folders_.insert(path);
    } else if (found.is_regular_file(unknown)) {
      if (found.is_symlink(unknown)) tree.links_.insert(path);
      tree.known_.insert(path);
      tree.files_.push_back(path);
    }
    tree.by_folded_case_.emplace(folded(path), path);
  }
  if (error) return system_error(error.value(), fmt::format("reading the folder {}", root.native()));
  std::ranges::sort(tree.top_folders_);
  std::ranges::sort(tree.files_);
  return tree;
}

bool Tree::has_file(const std::string& path) const {
  if (!known_.contains(path)) return false;
  if (!links_.contains(path)) return true;
  std::error_code unknown;
  fs::path real = fs::canonical(root_ / path, unknown);
  fs::path whole = fs::canonical(root_, unknown);
  return std::ranges::mismatch(whole, real).in1 == whole.end();
}

Result<std::string> Tree::text(const std::string& path) const {
  return read_file((root_ / path).native(), largest_file);
}

std::optional<std::string> Tree::in_other_case(const std::string& path) const {
  auto found = by_folded_case_.find(folded(path));
  if (found == by_folded_case_.end() || found->second == path) return std::nullopt;
  return found->second;
}

std::optional<std::string> Tree::nearest_file(const std::string& folder, const std::string& path) const {
  std::vector<std::string_view> candidates;
  std::string below = folder + "/";
  for (auto file = std::ranges::lower_bound(files_, below); file != files_.end() && file->starts_with(below);
       ++file)
    if (name_in(*file) == name_in(path)) candidates.push_back(*file);
  auto found = nearest(path, candidates);
  return found ? std::optional(std::string(*found)) : std::nullopt;
}

}  // namespace eulerpublisher::catalogue
