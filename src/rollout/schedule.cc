#include "rollout/schedule.h"

#include <algorithm>
#include <thread>

namespace eulerpublisher::rollout {

Schedule::Schedule(std::vector<std::vector<size_t>> needs)
    : needs_(std::move(needs)),
      needed_by_(needs_.size()),
      left_for_(needs_.size()),
      begun_(needs_.size(), false) {
  auto state = state_.lock();
  state->waits_for.resize(needs_.size());
  state->open = needs_.size();
  for (size_t piece = 0; piece < needs_.size(); ++piece) {
    state->waits_for[piece] = needs_[piece].size();
    for (size_t need : needs_[piece]) needed_by_[need].push_back(piece);
    if (needs_[piece].empty()) state->ready.insert(piece);
  }
}

void Schedule::run(size_t threads, const std::function<bool(size_t)>& work, std::stop_token stop) {
  auto worker = [&] {
    while (true) {
      size_t piece = 0;
      {
        auto state = state_.lock();
        bool go_on = state.wait(stop, [](const State& now) { return !now.ready.empty() || now.open == 0; });
        if (!go_on || state->ready.empty() || stop.stop_requested()) return;
        piece = *state->ready.begin();
        state->ready.erase(state->ready.begin());
        begun_[piece] = true;
      }
      ended(piece, work(piece));
    }
  };
  std::vector<std::jthread> workers;
  for (size_t i = 0; i < std::max<size_t>(1, std::min(threads, needs_.size())); ++i)
    workers.emplace_back(worker);
}

void Schedule::ended(size_t piece, bool well) {
  auto state = state_.lock();
  --state->open;
  if (well) {
    for (size_t other : needed_by_[piece])
      if (--state->waits_for[other] == 0 && !left_for_[other]) state->ready.insert(other);
  } else {
    leave_what_needs(*state, piece);
  }
  state.notify();
}

void Schedule::leave_what_needs(State& state, size_t piece) {
  for (size_t other : needed_by_[piece]) {
    if (left_for_[other]) continue;
    left_for_[other] = piece;
    --state.open;
    leave_what_needs(state, other);
  }
}

}  // namespace eulerpublisher::rollout
