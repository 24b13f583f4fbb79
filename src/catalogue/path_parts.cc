#include "catalogue/path_parts.h"

#include <algorithm>

#include "catalogue/tree.h"

namespace eulerpublisher::catalogue {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

}  // namespace

std::string PathParts::tag() const {
  std::string tag;
  for (char c : application) {
    bool legal =
        is_digit(c) || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '.' || c == '_' || c == '-';
    tag += legal ? c : '_';
  }
  tag.erase(0, std::min(tag.find_first_not_of(".-"), tag.size()));
  std::string version = openeuler_folder;
  std::erase_if(version, [](char c) { return c == '.' || c == '-'; });
  size_t lts = version.find("lts");
  if (lts != version.npos && version.find("sp", lts) != version.npos) version.erase(lts, 3);
  return fmt::format("{}-oe{}", tag, version);
}

std::optional<PathParts> path_parts(std::string_view image_folder, std::string_view file) {
  std::string_view openeuler = folder_of(file);
  std::string_view application = folder_of(openeuler);
  bool within = application.size() > image_folder.size() && application.starts_with(image_folder) &&
                (image_folder.empty() || application[image_folder.size()] == '/');
  if (!within) return std::nullopt;
  PathParts parts{std::string(name_in(application)), std::string(name_in(openeuler)), std::nullopt};
  if (auto version = Version::parse(parts.openeuler_folder)) parts.openeuler = *version;
  return parts;
}

}  // namespace eulerpublisher::catalogue
