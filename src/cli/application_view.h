#pragma once

#include <memory>
#include <vector>

#include "cli/applications.h"
#include "cli/shelves.h"
#include "rollout/status.h"

namespace eulerpublisher::cli {

// What is needed to look at how registries stand beside a catalogue: no engine, no store, no journal; nothing
// is changed by it.  The pieces point at each other, so it stays where it is.
class ApplicationView {
 public:
  // Of what the command line chooses from a catalogue.
  static Result<std::unique_ptr<ApplicationView>> open(Session& session);

  ApplicationView(Session& session, ChosenEntries chosen, Shelves shelves, std::vector<BuilderRule> rules);
  ApplicationView(const ApplicationView&) = delete;

  const ChosenEntries& chosen() const { return chosen_; }
  // Where bases are looked for.
  const rollout::Shelf& bases_from() const { return from_; }
  Result<catalogue::BuildPlan> plan() const;
  Result<std::vector<rollout::TagStatus>> look(const catalogue::BuildPlan& plan);

 private:
  rollout::Shelf one_by_one(rollout::Shelf shelf);

  Session& session_;
  ChosenEntries chosen_;
  std::vector<BuilderRule> rules_;
  Guarded<bool> alone_;
  rollout::Shelf from_;
  rollout::Bases bases_;
};

}  // namespace eulerpublisher::cli
