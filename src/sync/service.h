#pragma once

#include <chrono>
#include <functional>
#include <memory>

#include "sync/hangup.h"
#include "sync/supervisor.h"
#include "sync/syncer.h"

namespace eulerpublisher::sync {

// A syncer and everything it stands on, made from one reading of the configuration.
class Setting {
 public:
  virtual ~Setting() = default;
  virtual Syncer& syncer() = 0;
  // A number that grows while anything happens: requests, bytes.  From any thread.
  virtual uint64_t activity() = 0;
};

struct ServiceParts {
  // Reads the configuration and makes what it asks for; not begun.  An error: it is refused.
  std::function<Result<std::unique_ptr<Setting>>()> make;
  // Told of each round: the report, the metrics.
  std::function<void(const Round&, const Syncer&)> report;
  std::chrono::milliseconds every;
  const Supervisor& supervisor;
  Hangup& hangup;
};

// Rounds, one after the other, until somebody asks to stop.
//   - Says READY once the configuration is read and the repositories are its own, STOPPING at the end, and a
//     STATUS line for each round.
//   - The watchdog is told that we live while we wait, and in a round while bytes move: not after ten minutes
//     in which nothing happened.
//   - A hangup has the configuration read again before the next round; one that is refused changes nothing.
// An error is one of the beginning.  Stopping is the way it ends: what was under way is abandoned cleanly.
Done serve(const ServiceParts& parts, std::stop_token stop);

}  // namespace eulerpublisher::sync
