#pragma once

#include <chrono>
#include <cstdint>

namespace eulerpublisher::sync {

// A request waits for a stalled server for a minute and for a busy one for five; where nothing at all has
// happened for so long, the program hangs.
constexpr std::chrono::minutes hung_after(10);

// Tells slow from hung, by what is counted (sync/pulse.h) from beat to beat.  It reads no clock, so one that
// is set in between does no harm.  Owned by one thread.
class Liveness {
 public:
  // After another `pause`: whether we live.  `activity` grows while anything happens; whoever is not busy may
  // be still.
  bool beat(uint64_t activity, bool busy, std::chrono::milliseconds pause) {
    bool still = busy && activity == seen_;
    seen_ = activity;
    quiet_ = still ? quiet_ + pause : std::chrono::milliseconds(0);
    return quiet_ < hung_after;
  }

 private:
  uint64_t seen_ = 0;
  std::chrono::milliseconds quiet_{0};
};

}  // namespace eulerpublisher::sync
