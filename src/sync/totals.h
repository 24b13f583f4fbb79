#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>

#include "base/clock.h"

namespace eulerpublisher::sync {

// What was done since this machine began to sync; it outlives the program, so that a counter only grows.
struct Totals {
  struct Host {
    uint64_t requests = 0;
    uint64_t bytes_sent = 0;
    uint64_t bytes_received = 0;
    bool operator==(const Host&) const = default;
  };

  uint64_t rounds = 0;
  uint64_t retries = 0;        // requests that were sent again
  double release_seconds = 0;  // all releases together
  Instant last_success{};      // the end of the last round without a failure
  std::map<std::pair<std::string, std::string>, uint64_t> releases;  // by version and result
  std::map<std::string, uint64_t> findings;                          // of checks, by severity
  std::map<std::string, Host> hosts;

  bool operator==(const Totals&) const = default;
};

}  // namespace eulerpublisher::sync
