#pragma once

#include <functional>
#include <optional>
#include <set>
#include <stop_token>
#include <vector>

#include "base/guarded.h"

namespace eulerpublisher::rollout {

// Work that depends on other work: each piece is begun once what it needs has come out well; what needs
// something that did not is left, and so is what needs that.  Pieces that need nothing of each other are done
// side by side, those that stand first in the list first.
class Schedule {
 public:
  // `needs[i]` are the pieces that piece i needs: no circles.
  explicit Schedule(std::vector<std::vector<size_t>> needs);

  // Does all of it on that many threads.  `work` tells whether a piece came out well; it is called by several
  // threads at once.  When `stop` is asked for, nothing more is begun.
  void run(size_t threads, const std::function<bool(size_t)>& work, std::stop_token stop);

  // After run(): the piece that this one was left for, or nothing when it was begun or run() was stopped.
  std::optional<size_t> left_for(size_t piece) const { return left_for_[piece]; }
  bool begun(size_t piece) const { return begun_[piece]; }

 private:
  struct State {
    std::set<size_t> ready;
    std::vector<size_t> waits_for;  // pieces that are still to come
    size_t open = 0;                // pieces that are neither done nor left
  };
  void ended(size_t piece, bool well);
  void leave_what_needs(State& state, size_t piece);

  std::vector<std::vector<size_t>> needs_;
  std::vector<std::vector<size_t>> needed_by_;
  std::vector<std::optional<size_t>> left_for_;
  std::vector<char> begun_;
  Guarded<State> state_;
};

}  // namespace eulerpublisher::rollout
