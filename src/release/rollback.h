#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "release/commit.h"
#include "release/journal.h"
#include "release/receipt.h"

namespace eulerpublisher {

// What a receipt says was done, as far as it can be taken back.
struct PastRelease {
  struct Lane {
    std::string name;         // `docker.io`, as it was written then
    std::string repository;   // `docker.io/openeuler/openeuler`
    std::vector<Move> moves;  // that were made, in their order
  };
  std::string id;
  std::string version;
  std::vector<Lane> lanes;
};

// Reads a receipt as Receipt::print() writes it.  `corrupt` when it is none.
Result<PastRelease> parse_receipt(std::string_view json);

// A plan for each lane, and what cannot be taken back.
struct RollbackPlan {
  std::vector<Plan> plans;
  std::vector<std::string> notes;  // tags that are new since then: registries keep them
};

// What it would take to point the tags of a release back to what they named before it.  `destinations` stand
// in the order of the release's lanes.  Refused: tags that name something else by now, that did not exist
// before, and those whose older image is not there any more, whole.  Changes nothing.
Result<RollbackPlan> plan_rollback(const PastRelease& past, const std::vector<Destination>& destinations,
                                   std::stop_token stop);

// Does what plan_rollback() says, with the same care as a release: locks, journal, a look before each move.
struct RollbackParts {
  std::vector<Destination> destinations;
  Journal& journal;
  std::filesystem::path state_folder;
  Clock& clock;
  std::string tool;
  std::string by = {};  // who does it: `alice@build01`
};
struct RolledBack {
  Receipt receipt;
  std::optional<Error> error;
};
RolledBack roll_back(const PastRelease& past, RollbackParts parts, std::stop_token stop);

}  // namespace eulerpublisher
