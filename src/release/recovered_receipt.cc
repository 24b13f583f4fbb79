#include "release/recovered_receipt.h"

#include <algorithm>

#include "release/moves_journal.h"

namespace eulerpublisher {
namespace {

using Event = Journal::Event;
using State = MoveOutcome::State;

std::optional<State> state_of(const Event& event) {
  for (State state : {State::moved, State::up_to_date, State::failed, State::undone, State::left})
    if (event.kind == name_of(state)) return state;
  return std::nullopt;
}

std::optional<Digest> digest_in(const std::string& text) {
  auto digest = Digest::parse(text);
  return digest ? std::optional(*digest) : std::nullopt;
}

class ReceiptReader {
 public:
  ReceiptReader(Receipt& receipt, const std::vector<Destination>& destinations) : receipt_(receipt) {
    for (const Destination& destination : destinations) {
      DestinationReceipt one;
      one.name = destination.name;
      one.repository = destination.repository->name();
      all_.push_back(std::move(one));
    }
  }

  void read(const Event& event) {
    if (event.kind == event::begun) receipt_.by = event.text;
    auto digest = digest_in(event.to);
    if (event.kind == event::source || event.kind == event::image) {
      auto platform = Platform::parse(event.tag);
      if (!platform || !digest) return;
      if (event.kind == event::source) receipt_.sources.push_back({*platform, event.text, *digest});
      if (auto config = digest_in(event.from); config && event.kind == event::image)
        receipt_.images.push_back({*platform, *digest, *config, {}});
      return;
    }
    auto place = std::ranges::find(all_, event.repository, &DestinationReceipt::repository);
    if (place == all_.end()) return;
    if (event.kind == event::finding) place->findings.push_back(event.text);
    if (auto tag = Tag::parse(event.tag); tag && digest) read_move(*place, event, *tag, *digest);
  }

  void end() {
    for (DestinationReceipt& one : all_) {
      bool done = true, changed = false;
      for (const MoveOutcome& outcome : one.moves) {
        done = done && (outcome.state == State::moved || outcome.state == State::up_to_date);
        changed = changed || outcome.state == State::moved || outcome.state == State::left;
      }
      using Ended = DestinationReceipt::State;
      one.state = done ? Ended::done : changed ? Ended::behind : Ended::untouched;
      if (!one.moves.empty() || !one.up_to_date.empty()) receipt_.destinations.push_back(std::move(one));
    }
  }

 private:
  void read_move(DestinationReceipt& place, const Event& event, const Tag& tag, const Digest& to) {
    if (event.kind == event::planned) {
      receipt_.digest = to;
      place.moves.push_back({{tag, digest_in(event.from), to, event.text}, State::not_tried, {}, {}});
    }
    auto state = state_of(event);
    if (!state) return;
    auto move =
        std::ranges::find(place.moves, tag, [](const MoveOutcome& outcome) { return outcome.move.tag; });
    if (move == place.moves.end()) {
      if (*state == State::up_to_date) place.up_to_date.push_back(tag);
      return;
    }
    move->state = *state;
    move->note = event.text == move->move.because ? "" : event.text;
    move->when = event.when;
  }

  Receipt& receipt_;
  std::vector<DestinationReceipt> all_;
};

}  // namespace

Receipt recovered_receipt(const Journal::Entry& entry, const std::vector<Event>& events,
                          const std::vector<Destination>& destinations) {
  Receipt receipt;
  receipt.id = entry.release;
  receipt.version = entry.version;
  receipt.started = entry.started;
  ReceiptReader reader(receipt, destinations);
  for (const Event& event : events) reader.read(event);
  reader.end();
  return receipt;
}

}  // namespace eulerpublisher
