#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <stop_token>
#include <utility>

namespace eulerpublisher::sync {

// SIGHUP, as the service sees it: somebody wants the configuration read again.  Safe from any thread.
class Hangup {
 public:
  void raise() {
    std::lock_guard lock(mutex_);
    raised_ = true;
    changed_.notify_all();
  }
  // Waits for it, but no longer than `time`, nor once `stop` is asked for.  Whether it came; asked only once
  // for each.
  bool wait(std::chrono::milliseconds time, std::stop_token stop) {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, std::move(stop), time, [&] { return raised_; });
    return std::exchange(raised_, false);
  }

 private:
  std::mutex mutex_;
  std::condition_variable_any changed_;
  bool raised_ = false;
};

}  // namespace eulerpublisher::sync
