#include "sync/discover.h"

#include <algorithm>

namespace eulerpublisher::sync {

std::vector<Version> versions_in(const Listing& root) {
  constexpr std::string_view prefix = "openEuler-";
  std::vector<Version> versions;
  for (const std::string& folder : root.folders) {
    if (!folder.starts_with(prefix)) continue;
    auto version = Version::parse(std::string_view(folder).substr(prefix.size()));
    if (version && std::string(prefix) + version->text() == folder) versions.push_back(*version);
  }
  std::ranges::sort(versions);
  return versions;
}

std::vector<ReleaseIndex> updates_in(const Listing& updates) {
  std::vector<ReleaseIndex> dated;
  for (const std::string& folder : updates.folders)
    if (auto index = ReleaseIndex::parse("docker_img/update/" + folder); index && !index->is_current())
      dated.push_back(*index);
  std::ranges::sort(dated, std::ranges::greater(), &ReleaseIndex::text);
  return dated;
}

}  // namespace eulerpublisher::sync
