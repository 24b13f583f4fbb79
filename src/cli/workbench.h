#pragma once

#include <memory>

#include "build/builders.h"
#include "build/workshop.h"
#include "cli/applications.h"
#include "cli/gates.h"
#include "cli/shelves.h"
#include "rollout/rollout.h"

namespace eulerpublisher::cli {

// Everything that a rollout needs, joined; the pieces point at each other, so it stays where it is.
class Workbench {
 public:
  // Whether something is built here; where nothing is, no engine need be installed.
  enum class Builds { here, elsewhere };
  // Of what the command line chooses from a catalogue.
  static Result<std::unique_ptr<Workbench>> open(Session& session, Builds builds = Builds::here);

  Workbench(Session& session, ChosenEntries chosen, std::unique_ptr<build::Workshop> workshop, Store& store,
            const std::vector<BuilderRule>& rules, Shelves shelves);
  Workbench(const Workbench&) = delete;

  const ChosenEntries& chosen() const { return chosen_; }
  rollout::RolloutParts& parts() { return parts_; }
  Result<catalogue::BuildPlan> plan() const;

 private:
  rollout::Shelf one_by_one(rollout::Shelf shelf);
  Result<ReleaseParts> release_of(const std::string& image);
  Gate gate_of(const catalogue::Build& build, const rollout::TagGroup& group) const;

  Session& session_;
  ChosenEntries chosen_;
  std::unique_ptr<build::Workshop> workshop_;
  Guarded<bool> alone_;
  TrialSeats seats_;
  build::Builders builders_;
  rollout::Bases bases_;
  rollout::RolloutParts parts_;
};

}  // namespace eulerpublisher::cli
