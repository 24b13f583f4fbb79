#include "release/recovery.h"

#include <algorithm>
#include <map>
#include <set>

#include "base/log.h"

namespace eulerpublisher {
namespace {

using Event = Journal::Event;
using Entry = Journal::Entry;

std::set<std::string> lines_of(std::string_view text) {
  std::set<std::string> lines;
  while (!text.empty()) {
    size_t end = text.find('\n');
    lines.emplace(text.substr(0, end));
    text = end == text.npos ? std::string_view{} : text.substr(end + 1);
  }
  return lines;
}

Result<Move> move_of(const Event& event) {
  Tag tag = TRY(Tag::parse(event.tag));
  Digest to = TRY(Digest::parse(event.to));
  std::optional<Digest> from;
  if (!event.from.empty()) from = TRY(Digest::parse(event.from));
  return Move{tag, from, to, "finishing a release that was interrupted"};
}

// Brings one interrupted release to its end.
class Recovery : private CommitListener {
 public:
  Recovery(Journal& journal, const Entry& entry, const std::vector<Destination>& destinations, Clock& clock,
           std::stop_token stop)
      : journal_(journal),
        entry_(entry),
        destinations_(destinations),
        clock_(clock),
        stop_(std::move(stop)) {}

  Result<std::string> run() {
    std::vector<Event> events = TRY(journal_.events(entry_.release));
    bool planned = std::ranges::any_of(events, [](const Event& e) { return e.kind == event::planned; });
    if (!planned) return end("interrupted", "had not begun to move tags; nothing of it can be seen");
    bool going_back = std::ranges::any_of(events, [](const Event& e) {
      return e.kind == name_of(MoveOutcome::State::failed) || e.kind == name_of(MoveOutcome::State::undone);
    });
    TRY(read_lanes(events));
    bool content = TRY(content_is_there());
    if (going_back || !content) {
      TRY(go_back());
      return end("undone", going_back ? "was going back; all its tags are back now"
                                      : "lost its content; all its tags went back");
    }
    auto bytes = [&](RepositoryReader& repository, const Digest& digest) {
      return repository.manifest(digest, stop_);
    };
    TRY(commit(lanes_, bytes, {}, *this, clock_, stop_));
    return end("published", "was finished");
  }

 private:
  // The moves that are still to be made: of tags that name what the plan saw.
  Done read_lanes(const std::vector<Event>& events) {
    for (const Event& planned : events) {
      if (planned.kind != event::planned) continue;
      auto destination = std::ranges::find_if(
          destinations_, [&](const Destination& d) { return d.repository->name() == planned.repository; });
      auto lane = std::ranges::find(lanes_, planned.repository,
                                    [](const CommitLane& l) { return l.plan.repository; });
      if (lane == lanes_.end()) {
        lanes_.push_back({*destination, {planned.repository, {}, {}, {}}, {}, {}});
        lane = lanes_.end() - 1;
      }
      Move move = TRY(move_of(planned));
      all_.push_back({&*destination, move});
      auto found = TRY(destination->repository->find(move.tag, stop_));
      bool untouched = found.has_value() == move.from.has_value() && (!found || found->digest == *move.from);
      if (untouched) lane->plan.moves.push_back(move);
    }
    return {};
  }

  Result<bool> content_is_there() {
    for (auto& [destination, move] : all_) {
      auto manifest = destination->repository->manifest(*move.to, stop_);
      if (manifest) continue;
      if (manifest.error().kind() == ErrorKind::not_found) return false;
      return std::move(manifest).error();
    }
    return true;
  }

  Done go_back() {
    for (auto at = all_.rbegin(); at != all_.rend(); ++at) {
      auto& [destination, move] = *at;
      auto found = TRY(destination->repository->find(move.tag, stop_));
      if (!found || found->digest != *move.to || !move.from) continue;
      RawManifest older = TRY(destination->repository->manifest(*move.from, stop_));
      TRY(destination->repository->tag(move.tag, older, stop_));
      moved(*destination, {move, MoveOutcome::State::undone, "by a later run", clock_.now()});
    }
    return {};
  }

  Result<std::string> end(const std::string& result, const std::string& text) {
    TRY(journal_.note(entry_.release, Event{event::recovered, {}, {}, {}, {}, text, {}}));
    TRY(journal_.end(entry_.release, result, result == "published" ? 0 : 1, {}));
    return fmt::format("an earlier run ({}) was interrupted; it {}", entry_.release, text);
  }

  Done about_to_move(const Destination& destination, const Move& move) override {
    return journal_.note(entry_.release, event_of(event::moving, destination, move, {}));
  }
  void moved(const Destination& destination, const MoveOutcome& outcome) override {
    (void)journal_.note(entry_.release,
                        event_of(name_of(outcome.state), destination, outcome.move, outcome.note));
  }

  Journal& journal_;
  const Entry& entry_;
  const std::vector<Destination>& destinations_;
  Clock& clock_;
  std::stop_token stop_;
  std::vector<CommitLane> lanes_;
  std::vector<std::pair<const Destination*, Move>> all_;
};

}  // namespace

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

Result<std::vector<std::string>> recover(Journal& journal, const std::vector<Destination>& destinations,
                                         Clock& clock, std::stop_token stop) {
  std::set<std::string> ours;
  for (const Destination& destination : destinations) ours.insert(destination.repository->name());
  std::vector<std::string> notes;
  for (const Entry& entry : TRY(journal.unfinished())) {
    if (!std::ranges::includes(ours, lines_of(entry.repositories))) continue;
    std::string note = TRY(Recovery(journal, entry, destinations, clock, stop)
                               .run()
                               .within("finishing the interrupted release {}", entry.release));
    log_info("{}", note);
    notes.push_back(std::move(note));
  }
  return notes;
}

}  // namespace eulerpublisher
