#include "catalogue/find_file.h"

#include <array>

namespace eulerpublisher::catalogue {
namespace {

std::string hint_for(const Tree& tree, const Image& image, const std::string& expected) {
  if (auto other = tree.in_other_case(expected))
    return fmt::format("there is {}, which differs only in case", *other);
  if (auto near = tree.nearest_file(image.folder, expected)) return fmt::format("there is {}", *near);
  return {};
}

}  // namespace

FoundFile find_file(const Tree& tree, const Image& image, const std::string& path) {
  FoundFile found;
  auto expected = joined_path(image.folder, path);
  if (!expected) {
    found.outside = true;
    return found;
  }
  bool below_image_only = path.starts_with("/");
  std::array<std::string_view, 4> folders{image.folder, "", image.scene, folder_of(image.folder)};
  for (std::string_view folder : folders) {
    auto file = joined_path(folder, path);
    if (file && tree.has_file(*file)) {
      found.file = std::move(*file);
      return found;
    }
    if (below_image_only) break;
  }
  found.expected = *expected;
  found.hint = hint_for(tree, image, *expected);
  // The hint of the image's folder is the likeliest; the others are for paths that name their scene.
  for (size_t i = 1; found.hint.empty() && !below_image_only && i < folders.size(); ++i)
    if (auto file = joined_path(folders[i], path))
      if (auto other = tree.in_other_case(*file))
        found.hint = fmt::format("there is {}, which differs only in case", *other);
  return found;
}

}  // namespace eulerpublisher::catalogue
