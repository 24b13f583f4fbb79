#include "sync/against_source.h"

#include <algorithm>

namespace eulerpublisher::sync {

void hold_against_source(Status& status, const Round& seen) {
  for (size_t row = 0; row < status.rows.size(); ++row) {
    auto line = std::ranges::find(seen.versions, status.rows[row].version, &VersionLine::version);
    if (line == seen.versions.end()) continue;
    for (RegistryStatus& registry : status.registries) {
      auto place = std::ranges::find(line->places, registry.name, &Place::registry);
      if (place == line->places.end() || !registry.problem.empty() || !place->seen) continue;
      TagStatus& tag = registry.tags[row];
      // Special tags name what the version's own tag names, or are told already.
      bool same = tag.seen && tag.seen->digest == place->seen->digest;
      if (!same || place->agreement != Agreement::behind || tag.standing != Standing::published) continue;
      tag.standing = Standing::behind;
      tag.because = "the release repository has " + line->index;
    }
  }
}

}  // namespace eulerpublisher::sync
