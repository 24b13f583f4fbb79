#pragma once

#include <atomic>
#include <cstdint>

#include "base/progress.h"

namespace eulerpublisher::sync {

// Counts whatever moves on its way to whoever shows it, so that a watchdog can tell slow from hung.  Safe
// from any thread; outlives its transfers.
class Pulse : public Progress {
 public:
  explicit Pulse(Progress& next) : next_(next) {}
  std::unique_ptr<Transfer> start(std::string label) override;
  uint64_t count() const { return count_; }

 private:
  Progress& next_;
  std::atomic<uint64_t> count_ = 0;
};

}  // namespace eulerpublisher::sync
