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
    stays,         // `latest`, which names a higher version than the catalogue has
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

// What looking needs to have at hand; nothing of it builds.  All outlive the call.
struct StatusParts {
  // Where its `engine_for` knows no engine, what any of `engines` has built is up to date.
  RecipeParts recipe;
  std::vector<std::string> engines;
  bool allow_older = false;  // `latest` may go back
  // The destinations of an image's name; called from several threads.
  std::function<Result<std::vector<Destination>>(const std::string& name)> destinations;
};

// Looks at all tags of a plan, in its order; builds nothing and changes nothing.  A registry that has not
// answered for three images one after the other is not asked for the rest.
Result<std::vector<TagStatus>> look_at_status(const catalogue::BuildPlan& plan, const StatusParts& parts,
                                              std::stop_token stop);

}  // namespace eulerpublisher::rollout
