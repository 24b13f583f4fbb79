#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "policy/plan.h"
#include "release/destination.h"

namespace eulerpublisher {

// What became of one move of one tag.
struct MoveOutcome {
  enum class State { moved, up_to_date, not_tried, failed, undone, left };
  Move move;
  State state = State::not_tried;
  std::string note;  // why, when it failed, was undone or had to be left
  Instant when{};
};

std::string_view name_of(MoveOutcome::State state);

// One destination within a commit.
struct CommitLane {
  Destination destination;
  Plan plan;
  std::vector<MoveOutcome> outcomes;  // one for each move of the plan
  std::optional<Error> failed;
};

struct CommitOptions {
  bool best_effort = false;
};

// Told of each move before and after it happens: the journal and the log listen.
class CommitListener {
 public:
  virtual ~CommitListener() = default;
  // The move is about to happen; an error stops the commit.
  virtual Done about_to_move(const Destination& destination, const Move& move) = 0;
  virtual void moved(const Destination& destination, const MoveOutcome& outcome) = 0;
};

// Where the bytes of a manifest or index come from that a tag is to name.
using ManifestBytes = std::function<Result<RawManifest>(RepositoryReader&, const Digest&)>;

// Makes a staged release visible.  Tags in the order of the plans (the version's own, then series, `latest`
// last), registry after registry within each.  Each move is preceded by a look: a tag that no longer names
// what the plan saw is a `conflict`.  When a move fails, the tags already moved go back to what they named
// (one that did not exist before is left, and said so), unless best_effort, in which case the other
// destinations go on.
Done commit(std::vector<CommitLane>& lanes, const ManifestBytes& bytes, const CommitOptions& options,
            CommitListener& listener, Clock& clock, std::stop_token stop);

}  // namespace eulerpublisher
