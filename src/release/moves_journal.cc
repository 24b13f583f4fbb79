#include "release/moves_journal.h"

#include "base/log.h"

namespace eulerpublisher {

Done MovesJournal::announce(const std::vector<CommitLane>& lanes) {
  if (!journal_) return {};
  std::vector<Journal::Event> events;
  for (const CommitLane& lane : lanes)
    for (const Move& move : lane.plan.moves)
      events.push_back(event_of(event::planned, lane.destination, move, {}));
  return journal_->note(release_, events);
}

Done MovesJournal::about_to_move(const Destination& destination, const Move& move) {
  if (!journal_) return {};
  return journal_->note(release_, event_of(event::moving, destination, move, {}));
}

void MovesJournal::moved(const Destination& destination, const MoveOutcome& outcome) {
  if (!journal_) return;
  Done written =
      journal_->note(release_, event_of(name_of(outcome.state), destination, outcome.move, outcome.note));
  if (!written) log_warning("{}", written.error().text());
}

Journal::Event event_of(std::string_view kind, const Destination& destination, const Move& move,
                        const std::string& text) {
  return {std::string(kind),
          destination.repository->name(),
          move.tag.text(),
          move.from ? move.from->text() : "",
          move.to ? move.to->text() : "",
          text.empty() ? move.because : text,
          {}};
}

}  // namespace eulerpublisher
