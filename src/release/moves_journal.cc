#include "release/moves_journal.h"

#include "base/log.h"

namespace eulerpublisher {

Done MovesJournal::begun_by(const std::string& person) {
  if (person.empty()) return {};
  return note({{event::begun, {}, {}, {}, {}, person, {}}});
}

Done MovesJournal::begin_with(const std::vector<Receipt::Source>& sources) {
  std::vector<Journal::Event> events;
  for (const Receipt::Source& source : sources)
    events.push_back({event::source, {}, source.platform.text(), {}, source.sha256.text(), source.url, {}});
  return note(events);
}

Done MovesJournal::made(const std::vector<Receipt::Image>& images) {
  std::vector<Journal::Event> events;
  for (const Receipt::Image& image : images)
    events.push_back(
        {event::image, {}, image.platform.text(), image.config.text(), image.manifest.text(), {}, {}});
  return note(events);
}

Done MovesJournal::up_to_date(const Destination& destination,
                              const std::vector<std::pair<Tag, Digest>>& tags) {
  std::vector<Journal::Event> events;
  for (const auto& [tag, digest] : tags)
    events.push_back(event_of(name_of(MoveOutcome::State::up_to_date), destination,
                              {tag, digest, digest, "names it already"}, {}));
  return note(events);
}

void MovesJournal::found(const Destination& destination, const std::vector<std::string>& findings) {
  std::vector<Journal::Event> events;
  for (const std::string& finding : findings)
    events.push_back({event::finding, destination.repository->name(), {}, {}, {}, finding, {}});
  if (Done written = note(events); !written) log_warning("{}", written.error().text());
}

Done MovesJournal::announce(const std::vector<CommitLane>& lanes) {
  std::vector<Journal::Event> events;
  for (const CommitLane& lane : lanes)
    for (const Move& move : lane.plan.moves)
      events.push_back(event_of(event::planned, lane.destination, move, {}));
  return note(events);
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

Done MovesJournal::note(const std::vector<Journal::Event>& events) {
  if (!journal_ || events.empty()) return {};
  return journal_->note(release_, events);
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
