#include "release/recovery.h"

#include <algorithm>
#include <set>

#include "base/log.h"
#include "release/moves_journal.h"
#include "release/recovered_receipt.h"

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

// A failed move turns a release around, but for a --best-effort one, which only a person turns around.
bool was_going_back(const Entry& entry, const std::vector<Event>& events) {
  return std::ranges::any_of(events, [&](const Event& event) {
    return event.kind == name_of(MoveOutcome::State::undone) ||
           (event.kind == name_of(MoveOutcome::State::failed) && !entry.best_effort);
  });
}

// Brings one interrupted release to its end.
class Recovery {
 public:
  Recovery(Journal& journal, const Entry& entry, const std::vector<Destination>& destinations, Clock& clock,
           const std::string& tool, std::stop_token stop)
      : journal_(journal),
        entry_(entry),
        destinations_(destinations),
        clock_(clock),
        tool_(tool),
        stop_(std::move(stop)),
        listener_(&journal, entry.release) {}

  Result<std::string> run() {
    std::vector<Event> events = TRY(journal_.events(entry_.release));
    std::vector<Lane> lanes = TRY(lanes_of(events));
    if (lanes.empty()) return end("interrupted", "had not begun to move tags; nothing of it can be seen");
    bool going_back = was_going_back(entry_, events);
    if (entry_.best_effort && !going_back) return each_for_itself(lanes);
    return all_or_none(lanes, going_back);
  }

 private:
  // What the release planned for one destination.
  struct Lane {
    const Destination* destination;
    std::vector<Move> moves;
  };

  Result<std::vector<Lane>> lanes_of(const std::vector<Event>& events) {
    std::vector<Lane> lanes;
    for (const Event& planned : events) {
      if (planned.kind != event::planned) continue;
      auto named = [&](const Destination& one) { return one.repository->name() == planned.repository; };
      auto lane = std::ranges::find_if(lanes, [&](const Lane& one) { return named(*one.destination); });
      if (lane == lanes.end()) lane = lanes.insert(lane, {&*std::ranges::find_if(destinations_, named), {}});
      lane->moves.push_back(TRY(move_of(planned)));
    }
    return lanes;
  }

  Result<std::string> all_or_none(const std::vector<Lane>& lanes, bool going_back) {
    std::vector<CommitLane> left;
    bool content = true;
    for (const Lane& lane : lanes) {
      left.push_back(TRY(moves_left(lane)));
      content = content && TRY(content_is_there(lane));
    }
    std::string why = going_back ? "was going back" : "lost its content";
    if (!going_back && content) {
      Done finished = finish(left, false);
      if (finished) return end("published", "was finished");
      if (finished.error().kind() == ErrorKind::cancelled) return std::move(finished).error();
      why = fmt::format("could not be finished ({})", finished.error().text());
    }
    std::string stay;
    for (auto lane = lanes.rbegin(); lane != lanes.rend(); ++lane) stay += TRY(go_back(*lane));
    return end("undone", why + "; its tags went back" + stay);
  }

  Result<std::string> each_for_itself(const std::vector<Lane>& lanes) {
    std::string behind;
    for (const Lane& lane : lanes) {
      Done done = finish_or_go_back(lane);
      if (done) continue;
      if (done.error().kind() == ErrorKind::cancelled) return std::move(done).error();
      behind += (behind.empty() ? "" : "; ") + done.error().text();
    }
    if (behind.empty()) return end("published", "was finished");
    return end("behind", fmt::format("was finished but for what is behind: {}", behind));
  }

  Done finish_or_go_back(const Lane& lane) {
    std::vector<CommitLane> left{TRY(moves_left(lane))};
    if (TRY(content_is_there(lane))) return finish(left, true);
    std::string stay = TRY(go_back(lane));
    return not_found("{} lost the content; its tags went back{}", lane.destination->repository->name(), stay);
  }

  // The moves that are still to be made: of tags that name what the plan saw.  Those that the killed run has
  // made without writing it down are written down now.
  Result<CommitLane> moves_left(const Lane& lane) {
    Repository& repository = *lane.destination->repository;
    CommitLane left{*lane.destination, {repository.name(), {}, {}, {}}, {}, {}};
    for (const Move& move : lane.moves) {
      auto found = TRY(repository.find(move.tag, stop_));
      bool untouched = found.has_value() == move.from.has_value() && (!found || found->digest == *move.from);
      if (untouched) left.plan.moves.push_back(move);
      if (found && found->digest == *move.to)
        listener_.moved(*lane.destination,
                        {move, MoveOutcome::State::moved, "found so by a later run", clock_.now()});
    }
    return left;
  }

  Result<bool> content_is_there(const Lane& lane) {
    for (const Move& move : lane.moves) {
      auto manifest = lane.destination->repository->manifest(*move.to, stop_);
      if (manifest) continue;
      if (manifest.error().kind() == ErrorKind::not_found) return false;
      return std::move(manifest).error();
    }
    return true;
  }

  Done finish(std::vector<CommitLane>& left, bool best_effort) {
    auto bytes = [&](RepositoryReader& repository, const Digest& digest) {
      return repository.manifest(digest, stop_);
    };
    TRY(commit(left, bytes, {best_effort}, listener_, clock_, stop_));
    for (const CommitLane& lane : left)
      if (lane.failed) return *lane.failed;
    return {};
  }

  // Yields which tags had to stay, for people: ` but for …`; empty when none had to.
  Result<std::string> go_back(const Lane& lane) {
    std::string stay;
    for (auto move = lane.moves.rbegin(); move != lane.moves.rend(); ++move)
      if (std::string why = TRY(go_back(*lane.destination, *move)); !why.empty()) {
        stay += fmt::format("{} {} ({})", stay.empty() ? " but for" : ",", move->tag.text(), why);
        listener_.moved(*lane.destination, {*move, MoveOutcome::State::left, why, clock_.now()});
      }
    return stay;
  }

  // Yields why a tag that names our content has to stay; empty when it does not.
  Result<std::string> go_back(const Destination& destination, const Move& move) {
    Repository& repository = *destination.repository;
    auto found = TRY(repository.find(move.tag, stop_));
    if (!found || found->digest != *move.to) return std::string{};
    if (!move.from) return std::string("did not exist before");
    auto older = repository.manifest(*move.from, stop_);
    if (!older && older.error().kind() == ErrorKind::not_found)
      return std::string("what it named before is gone");
    RawManifest bytes = TRY(std::move(older));
    TRY(repository.tag(move.tag, bytes, stop_));
    listener_.moved(destination, {move, MoveOutcome::State::undone, "by a later run", clock_.now()});
    return std::string{};
  }

  Result<std::string> end(const std::string& result, const std::string& text) {
    TRY(journal_.note(entry_.release, Event{event::recovered, {}, {}, {}, {}, text, {}}));
    int status = result == "published" ? 0 : result == "behind" ? 3 : 1;
    Receipt receipt = recovered_receipt(entry_, TRY(journal_.events(entry_.release)), destinations_);
    receipt.tool = tool_;
    receipt.result = result;
    receipt.notes = {"was interrupted and " + text};
    receipt.finished = clock_.now();
    TRY(journal_.end(entry_.release, result, status, receipt.print()));
    return fmt::format("an earlier run ({}) was interrupted; it {}", entry_.release, text);
  }

  Journal& journal_;
  const Entry& entry_;
  const std::vector<Destination>& destinations_;
  Clock& clock_;
  const std::string& tool_;
  std::stop_token stop_;
  MovesJournal listener_;
};

}  // namespace

Result<std::vector<std::string>> recover(Journal& journal, const std::vector<Destination>& destinations,
                                         Clock& clock, const std::string& tool, std::stop_token stop) {
  std::set<std::string> ours;
  for (const Destination& destination : destinations) ours.insert(destination.repository->name());
  std::vector<std::string> notes;
  for (const Entry& entry : TRY(journal.unfinished())) {
    if (!std::ranges::includes(ours, lines_of(entry.repositories))) continue;
    std::string note = TRY(Recovery(journal, entry, destinations, clock, tool, stop)
                               .run()
                               .within("finishing the interrupted release {}", entry.release));
    log_info("{}", note);
    notes.push_back(std::move(note));
  }
  return notes;
}

}  // namespace eulerpublisher
