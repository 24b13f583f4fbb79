#pragma once

#include <functional>
#include <optional>
#include <stop_token>
#include <thread>
#include <vector>

#include "base/guarded.h"
#include "base/result.h"

namespace eulerpublisher {

// Tasks side by side, each on a thread of its own.  The first failure asks the siblings to stop; so does the stop
// token handed in.  A group that goes out of scope stops its tasks and waits for them.  add() may be called from
// any thread, also from a task of the group; wait() from the owner only.
class TaskGroup {
 public:
  using Task = std::function<Done(std::stop_token)>;

  explicit TaskGroup(std::stop_token outer = {});
  ~TaskGroup();
  TaskGroup(const TaskGroup&) = delete;
  TaskGroup& operator=(const TaskGroup&) = delete;

  void add(Task task);
  void stop() { stop_.request_stop(); }
  std::stop_token token() const { return stop_.get_token(); }

  // Waits for all tasks, those added meanwhile too.  The first error that was not itself a consequence
  // (`cancelled`) is the result.
  Done wait();

 private:
  struct State {
    std::vector<std::jthread> threads;
    std::optional<Error> first;
  };

  std::stop_source stop_;
  std::stop_callback<std::function<void()>> outer_;
  Guarded<State> state_;
};

}  // namespace eulerpublisher
