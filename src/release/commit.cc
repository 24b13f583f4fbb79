#include "release/commit.h"

#include <algorithm>

#include "base/log.h"
#include "release/survey.h"

namespace eulerpublisher {
namespace {

using State = MoveOutcome::State;

std::string named(const std::optional<Descriptor>& found) {
  return found ? found->digest.brief() : std::string("nothing");
}

// What an image says that it is, for people: ` (24.03-LTS-SP1 of 2024-12-30)`; empty when it says nothing.
std::string told_by(RepositoryReader& repository, const Digest& digest, std::stop_token stop) {
  auto raw = repository.manifest(digest, stop);
  if (!raw) return {};
  auto index = Index::parse(raw->bytes);
  if (!index) return {};
  Content content = content_of(*index);
  if (!content.version) return {};
  auto created = parse_rfc3339(content.created);
  return fmt::format(" ({}{})", content.version->text(),
                     created ? " of " + rfc3339(*created).substr(0, 10) : "");
}

// Looks whether the tag still names what the plan saw.  Yields whether it names the new content already.
Result<bool> look_again(Repository& repository, const Move& move, const Digest& to, std::stop_token stop) {
  auto found = TRY(repository.find(move.tag, stop));
  if (found && found->digest == to) return true;
  bool as_planned = found.has_value() == move.from.has_value() && (!found || found->digest == *move.from);
  if (!as_planned)
    return conflict(
        "{}: {} named {} when this was planned and now names {}{}: somebody else has moved it; look again",
        repository.name(), move.tag.text(), move.from ? move.from->brief() : "nothing", named(found),
        found ? told_by(repository, found->digest, stop) : "");
  return false;
}

class Committer {
 public:
  Committer(std::vector<CommitLane>& lanes, const ManifestBytes& bytes, CommitListener& listener,
            Clock& clock, std::stop_token stop)
      : lanes_(lanes), bytes_(bytes), listener_(listener), clock_(clock), stop_(stop) {}

  Done run(bool best_effort) {
    for (CommitLane& lane : lanes_) {
      lane.outcomes.clear();
      for (const Move& move : lane.plan.moves) lane.outcomes.push_back({move, State::not_tried, {}, {}});
    }
    for (const Tag& tag : order_of_tags()) {
      for (CommitLane& lane : lanes_) {
        Done done = move_tag(lane, tag);
        if (done) continue;
        lane.failed = done.error();
        if (best_effort && done.error().kind() != ErrorKind::cancelled) continue;
        undo();
        return done;
      }
    }
    return {};
  }

 private:
  // Plans list tags in one order; a lane may lack those that are up to date there.
  std::vector<Tag> order_of_tags() const {
    std::vector<Tag> order;
    for (const CommitLane& lane : lanes_) {
      size_t at = 0;
      for (const Move& move : lane.plan.moves) {
        auto known = std::ranges::find(order, move.tag);
        if (known != order.end()) {
          at = static_cast<size_t>(known - order.begin()) + 1;
          continue;
        }
        order.insert(order.begin() + static_cast<ptrdiff_t>(at), move.tag);
        ++at;
      }
    }
    return order;
  }

  Done move_tag(CommitLane& lane, const Tag& tag) {
    if (lane.failed) return {};
    auto outcome = std::ranges::find(lane.outcomes, tag, [](const MoveOutcome& o) { return o.move.tag; });
    if (outcome == lane.outcomes.end()) return {};
    Done done = try_move(lane, *outcome);
    outcome->when = clock_.now();
    if (!done) {
      outcome->state = State::failed;
      outcome->note = done.error().text();
    }
    listener_.moved(lane.destination, *outcome);
    return std::move(done).within("moving {}", tag.text());
  }

  Done try_move(CommitLane& lane, MoveOutcome& outcome) {
    Repository& repository = *lane.destination.repository;
    if (stop_.stop_requested()) return cancelled("stopped before {} was moved", outcome.move.tag.text());
    const Digest& to = outcome.move.to.value();
    bool there = TRY(look_again(repository, outcome.move, to, stop_));
    if (there) {
      outcome.state = State::up_to_date;
      return {};
    }
    RawManifest manifest = TRY(bytes_(repository, to));
    TRY(listener_.about_to_move(lane.destination, outcome.move));
    // From here on users see the new release under this tag.
    TRY(put(repository, outcome.move.tag, manifest));
    outcome.state = State::moved;
    log_info("{}: {} now names {} ({})", repository.name(), outcome.move.tag.text(), to.brief(),
             outcome.move.because);
    return {};
  }

  // A move whose answer was lost, again and again, is a move all the same; so is one whose repetition was
  // refused because it had worked.
  Done put(Repository& repository, const Tag& tag, const RawManifest& manifest) {
    Done done = repository.tag(tag, manifest, stop_);
    if (done || (done.error().kind() != ErrorKind::unavailable && done.error().kind() != ErrorKind::conflict))
      return done;
    auto found = repository.find(tag, stop_);
    if (found && *found && (*found)->digest == manifest.digest()) return {};
    return done;
  }

  // Backwards, so that `latest` goes back first.  Not stopped by Ctrl-C: a half-visible release is worse than
  // a wait.
  void undo() {
    std::vector<Tag> order = order_of_tags();
    for (auto tag = order.rbegin(); tag != order.rend(); ++tag)
      for (auto lane = lanes_.rbegin(); lane != lanes_.rend(); ++lane)
        for (MoveOutcome& outcome : lane->outcomes)
          if (outcome.move.tag == *tag && perhaps_moved(*lane, outcome)) undo_move(*lane, outcome);
  }

  // The answer to a move that worked may have been lost.
  static bool perhaps_moved(const CommitLane& lane, const MoveOutcome& outcome) {
    return outcome.state == State::moved ||
           (outcome.state == State::failed && lane.failed && lane.failed->kind() != ErrorKind::conflict);
  }

  void undo_move(CommitLane& lane, MoveOutcome& outcome) {
    Repository& repository = *lane.destination.repository;
    auto found = repository.find(outcome.move.tag, {});
    bool ours = found && *found && (*found)->digest == *outcome.move.to;
    bool as_before = found && found->has_value() == outcome.move.from.has_value() &&
                     (!*found || (*found)->digest == *outcome.move.from);
    if (as_before && outcome.state == State::failed) return;  // it did not move
    if (!found) {
      leave(outcome, fmt::format("could not be looked at to be undone: {}", found.error().text()));
    } else if (!ours) {
      leave(outcome, fmt::format("now names {}, which is not ours to undo", named(*found)));
    } else if (!outcome.move.from) {
      leave(outcome, "did not exist before, so it stays on the new image, which is complete");
    } else if (Done back = put_back(repository, outcome.move); !back) {
      leave(outcome, fmt::format("could not go back: {}", back.error().text()));
    } else {
      outcome.state = State::undone;
      outcome.note = fmt::format("went back to {}", outcome.move.from->brief());
    }
    log_warning("{}: {} {}", repository.name(), outcome.move.tag.text(), outcome.note);
    listener_.moved(lane.destination, outcome);
  }

  static void leave(MoveOutcome& outcome, std::string note) {
    outcome.state = State::left;
    outcome.note = std::move(note);
  }

  Done put_back(Repository& repository, const Move& move) {
    RawManifest older = TRY(repository.manifest(*move.from, {}));
    return repository.tag(move.tag, older, {});
  }

  std::vector<CommitLane>& lanes_;
  const ManifestBytes& bytes_;
  CommitListener& listener_;
  Clock& clock_;
  std::stop_token stop_;
};

}  // namespace

std::string_view name_of(State state) {
  switch (state) {
    case State::moved:
      return "moved";
    case State::up_to_date:
      return "up to date";
    case State::not_tried:
      return "not tried";
    case State::failed:
      return "failed";
    case State::undone:
      return "undone";
    case State::left:
      return "left";
  }
  return "unknown";
}

Done commit(std::vector<CommitLane>& lanes, const ManifestBytes& bytes, const CommitOptions& options,
            CommitListener& listener, Clock& clock, std::stop_token stop) {
  return Committer(lanes, bytes, listener, clock, stop).run(options.best_effort);
}

}  // namespace eulerpublisher
