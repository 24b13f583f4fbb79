#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <thread>
#include <vector>

#include "base/guarded.h"

namespace eulerpublisher {

// Threads that do one job after another, in the order in which they came.  All streams that are compressed at
// once share them, so that two archives do not want twice the cores.  Safe from any thread.
class Workers {
 public:
  explicit Workers(unsigned threads);
  // Does what has been handed in, then ends the threads.
  ~Workers();
  Workers(const Workers&) = delete;
  Workers& operator=(const Workers&) = delete;

  // The job must not throw, and not wait for another job.
  void add(std::function<void()> job);
  unsigned count() const { return static_cast<unsigned>(threads_.size()); }

  // The workers that everybody in this process shares who asks for as many; 0: one for each core.
  static std::shared_ptr<Workers> shared(unsigned threads);

 private:
  void work(std::stop_token stop);

  Guarded<std::deque<std::function<void()>>> jobs_;
  std::vector<std::jthread> threads_;
};

}  // namespace eulerpublisher
