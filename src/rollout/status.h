#pragma once

#include <string>
#include <vector>

#include "rollout/rollout.h"

namespace eulerpublisher::rollout {

// How one tag of one destination stands beside what the catalogue would make now.
struct TagStatus {
  enum class State {
    up_to_date,
    absent,
    base_updated,  // a base that it was built on names something newer
    base_waits,    // a base of it is itself to be built again
    changed,       // context, arguments or platforms are others than those it was built from
    foreign,       // it was not built by us, so nothing can be told
    unknown,       // what it is made from, or the registry, could not be looked at
  };
  std::string build;  // the id of the build
  std::string name;   // of the image
  Tag tag;
  std::string destination;  // as a person wrote it
  State state = State::unknown;
  std::string because;           // which base, or why it is not known
  std::optional<Digest> digest;  // that the tag names
};
std::string_view name_of(TagStatus::State state);
// Whether publish would build it.
bool wants_build(TagStatus::State state);

// Looks at all tags of a plan, in its order; builds nothing and changes nothing.
Result<std::vector<TagStatus>> look_at_status(const catalogue::BuildPlan& plan, const RolloutParts& parts,
                                              std::stop_token stop);

}  // namespace eulerpublisher::rollout
