#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace eulerpublisher::sync {

// Who watches over a service: systemd, where it started us (sd_notify(3): datagrams to $NOTIFY_SOCKET).
// Otherwise nobody, and telling is nothing.  Safe from any thread.
class Supervisor {
 public:
  // From the environment, and takes the variables out of it, so that no child speaks in our name.  Call
  // before there are other threads.
  static Supervisor from_environment();
  Supervisor() = default;

  // `READY=1`, `STATUS=…`, `STOPPING=1`, `WATCHDOG=1`: lines of the protocol.  Whether anybody hears is no
  // matter.
  void tell(std::string_view lines) const;
  // How long we may be silent before we are taken for dead; nothing where nobody asks.
  std::optional<std::chrono::microseconds> watchdog() const { return watchdog_; }

 private:
  std::string socket_;
  std::optional<std::chrono::microseconds> watchdog_;
};

}  // namespace eulerpublisher::sync
