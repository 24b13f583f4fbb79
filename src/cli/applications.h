#pragma once

#include <set>

#include "catalogue/build_plan.h"
#include "cli/catalogues.h"
#include "cli/commands.h"
#include "rollout/rollout.h"

namespace eulerpublisher::cli {

// The part of a catalogue that a person means: by --meta, --tag, --changed and --changed-since.
struct ChosenEntries {
  NamedCatalogue named;
  std::set<catalogue::EntryId> entries;  // those that can be published
  // Those that cannot: `NAME:TAG`, and what lint says of it.
  std::vector<std::pair<std::string, std::string>> unfit;
};
Result<ChosenEntries> choose_entries(const Session& session);

// What options say of how a rollout goes; its logs get a folder of their own, and those of the oldest runs
// go.
Result<rollout::RolloutTerms> rollout_terms(Session& session);

class Workbench;
// Rolls out what was chosen, and tells what became of it.
Result<ExitStatus> roll_out_and_tell(Session& session, Workbench& bench);

// Publishes what --meta names.
Result<ExitStatus> publish_applications(Session& session);
// What the registries hold of it, and what wants to be built again because its base was updated.
Result<ExitStatus> show_applications(Session& session);

}  // namespace eulerpublisher::cli
