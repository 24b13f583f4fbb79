#include "sync/service.h"

#include <time.h>

#include <atomic>
#include <thread>

#include "base/log.h"
#include "sync/liveness.h"

namespace eulerpublisher::sync {
namespace {

using std::chrono::milliseconds;

// The setting in force; only the owner changes it, the heartbeat looks at it.
using Current = Guarded<std::shared_ptr<Setting>>;

// Tells the watchdog that we live, as long as that is so.
class Heartbeat {
 public:
  Heartbeat(const Supervisor& supervisor, Current& current)
      : supervisor_(supervisor),
        current_(current),
        thread_([this](std::stop_token stop) { beat(std::move(stop)); }) {}

  void busy(bool is_busy) { busy_ = is_busy; }

 private:
  void beat(std::stop_token stop) {
    if (!supervisor_.watchdog()) return;
    auto pause = std::chrono::duration_cast<milliseconds>(*supervisor_.watchdog() / 3);
    pause = std::max(pause, milliseconds(1));
    Liveness liveness;
    while (system_clock().sleep(pause, stop)) {
      uint64_t activity = std::shared_ptr<Setting>(*current_.lock())->activity();
      if (liveness.beat(activity, busy_, pause)) supervisor_.tell("WATCHDOG=1");
    }
  }

  const Supervisor& supervisor_;
  Current& current_;
  std::atomic<bool> busy_ = true;
  std::jthread thread_;
};

std::string summary(const Round& round, milliseconds every) {
  size_t published = 0;
  for (const Work& work : round.work) published += work.result == "published" ? 1 : 0;
  return fmt::format("{} versions, {} published, {} in the last round; the next one in {} s",
                     round.versions.size(), published, round.success() ? "no problem" : "problems",
                     every.count() / 1000);
}

// RELOADING=1 wants the time at which it began, by the monotonic clock.
std::string reloading() {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return fmt::format("RELOADING=1\nMONOTONIC_USEC={}", now.tv_sec * 1'000'000 + now.tv_nsec / 1000);
}

// Puts a new setting in the place of the old one; where that does not go, the old one stays.
Done change(const ServiceParts& parts, Current& current) {
  std::shared_ptr<Setting> changed = TRY(parts.make());
  std::shared_ptr<Setting> old = *current.lock();
  old->syncer().end();
  if (Done begun = changed->syncer().begin(); !begun) {
    TRY(old->syncer().begin());
    return begun;
  }
  *current.lock() = std::move(changed);
  return {};
}

void read_again(const ServiceParts& parts, Current& current) {
  parts.supervisor.tell(reloading());
  if (Done changed = change(parts, current); !changed)
    log_line(LogLevel::error, fmt::format("the new configuration is refused, the old one stays in force: {}",
                                          changed.error().text()));
  else
    log_info("the configuration was read again");
  parts.supervisor.tell("READY=1");
}

}  // namespace

Done serve(const ServiceParts& parts, std::stop_token stop) {
  Current current;
  *current.lock() = TRY(parts.make());
  std::shared_ptr<Setting> setting = *current.lock();
  TRY(setting->syncer().begin());
  Heartbeat heartbeat(parts.supervisor, current);
  parts.supervisor.tell("READY=1\nSTATUS=the first round");
  while (!stop.stop_requested()) {
    heartbeat.busy(true);
    Round round = setting->syncer().round(stop);
    parts.report(round, setting->syncer());
    heartbeat.busy(false);
    if (stop.stop_requested()) break;
    parts.supervisor.tell("STATUS=" + summary(round, parts.every));
    if (!parts.hangup.wait(parts.every, stop)) continue;
    read_again(parts, current);
    setting = *current.lock();
  }
  parts.supervisor.tell("STOPPING=1");
  return {};
}

}  // namespace eulerpublisher::sync
