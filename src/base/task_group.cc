#include "base/task_group.h"

namespace eulerpublisher {

TaskGroup::TaskGroup(std::stop_token outer)
    : outer_(std::move(outer), std::function<void()>([this] { stop_.request_stop(); })) {}

TaskGroup::~TaskGroup() {
  stop();
  (void)wait();
}

void TaskGroup::add(Task task) {
  auto state = state_.lock();
  state->threads.emplace_back([this, task = std::move(task)] {
    Done done = task(stop_.get_token());
    if (done.has_value()) return;
    auto state = state_.lock();
    if (!state->first || (state->first->kind() == ErrorKind::cancelled &&
                          done.error().kind() != ErrorKind::cancelled))
      state->first = done.error();
    stop_.request_stop();
  });
}

Done TaskGroup::wait() {
  while (true) {
    std::vector<std::jthread> threads;
    {
      auto state = state_.lock();
      threads.swap(state->threads);
    }
    if (threads.empty()) break;
    for (auto& thread : threads) thread.join();
  }
  auto state = state_.lock();
  if (state->first) return *state->first;
  return {};
}

}  // namespace eulerpublisher
