#pragma once

#include <functional>
#include <string>
#include <vector>

#include "catalogue/build_plan.h"
#include "release/release_run.h"
#include "rollout/make_image.h"
#include "rollout/recipe.h"

namespace eulerpublisher::rollout {

// How a catalogue's images are to be made and made visible.
struct RolloutTerms {
  MakeTerms make;
  PlanOptions allowed;
  bool best_effort = false;
  bool verify_bytes = false;
};

// Tags of one repository that will name one index.
struct TagGroup {
  std::string name;  // of the image: the repository is openeuler/NAME
  std::vector<Platform> platforms;
  std::vector<EarnedTag> tags;  // its own, then `latest` where it belongs here
  std::string own_tag;          // the highest of its own; of several the first: `latest` is compared by it
};

// What publishing a catalogue needs to have at hand.  All outlive the run.
struct RolloutParts {
  RecipeParts recipe;
  MakeParts make;
  // The destinations of an image's name, with what a release needs; called from several threads.
  std::function<Result<ReleaseParts>(const std::string& name)> release;
  // What looks at an image before its tags move.
  std::function<Gate(const catalogue::Build&, const TagGroup&)> gate;
  // Where a platform comes from that somebody else has made; without it, it is made here.
  std::function<Result<MadePlatform>(const catalogue::Build&, const std::string& image, const PlatformRecipe&,
                                     std::stop_token)>
      made_elsewhere = {};
};

// What became of one Dockerfile of a catalogue.
struct ImageOutcome {
  enum class State {
    published,
    up_to_date,
    behind,   // best_effort: some registries did not get it
    skipped,  // nothing was tried: what it builds on failed, or it is none that is built
    stopped,  // nothing was tried, for the run was asked to end
    refused,  // by a check
    failed,
  };
  std::string id;  // of the build
  State state = State::skipped;
  std::string because;             // why it was skipped, refused or failed
  std::vector<Platform> built;     // in this run; the others were there already
  std::vector<Receipt> receipts;   // one for each name and set of platforms
  std::vector<std::string> notes;  // for people: an optional platform that failed …
};
std::string_view name_of(ImageOutcome::State state);

// The tags of a build, by the index that each will name.
std::vector<TagGroup> groups_of(const catalogue::BuildPlan& plan, size_t build);

// Publishes what a plan says: looks, builds what is not up to date, bases before what is built on them, and
// makes each image visible by ReleaseRun's order of steps, as soon as it is there.  What fails takes nothing
// with it but what builds on it.  One outcome for each build, in the plan's order.
std::vector<ImageOutcome> roll_out(const catalogue::BuildPlan& plan, const RolloutTerms& terms,
                                   const RolloutParts& parts, std::stop_token stop);

}  // namespace eulerpublisher::rollout
