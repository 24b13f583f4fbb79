#pragma once

#include <chrono>
#include <stop_token>
#include <string>

#include "base/result.h"

namespace eulerpublisher {

using Instant = std::chrono::system_clock::time_point;

// Time, as something that is handed in, so that a test of five retries takes no time.  Safe from any thread.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual Instant now() = 0;
  // Waits; `cancelled` when `stop` is asked for before the time is up.
  virtual Done sleep(std::chrono::milliseconds time, std::stop_token stop) = 0;
};

// Chance, handed in for the same reason.  Safe from any thread.
class Random {
 public:
  virtual ~Random() = default;
  // In [0, 1).
  virtual double unit() = 0;
};

// The machine's own clock and chance; they live as long as the program.
Clock& system_clock();
Random& system_random();

// 2024-06-01T10:00:00Z (RFC 3339, UTC, whole seconds).
std::string rfc3339(Instant time);
// Reads RFC 3339 with any zone and fraction; the fraction is dropped.  What lies beyond the years that an Instant
// can tell (1677 to 2262) becomes the first or last of its seconds.
Result<Instant> parse_rfc3339(std::string_view text);

}  // namespace eulerpublisher
