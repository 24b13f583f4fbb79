#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <stop_token>
#include <string>
#include <string_view>

#include "process/launch.h"

namespace eulerpublisher::process {

// On which terms a program runs.
struct Terms {
  std::string input = {};  // what its standard input says before it ends
  std::chrono::milliseconds patience = std::chrono::seconds(60);
  std::chrono::milliseconds grace = std::chrono::seconds(3);  // between asking it to end and killing it
  uint64_t output_limit = 1 << 20;                            // bytes kept of each output, the first ones
  // It gets a terminal of 80 columns, as a person at a keyboard has one; all that it says is then in `out`.
  bool terminal = false;
  // Told what arrives on either output when it arrives, the part beyond the limit too.
  std::function<void(std::string_view)> watch = {};
};

// How a program ended.
struct Ended {
  int status = 0;  // as a shell tells it: 128 + N after signal N
  std::string out;
  std::string err;
  bool too_late = false;  // it was ended because its time was up
  bool cut = false;       // it said more than was kept

  bool ok() const { return status == 0 && !too_late; }
};

// Runs a program to its end.  When its time is up or `stop` is asked for, its whole process group is asked to
// end (SIGTERM) and killed after the grace; whatever of the group outlives the program is killed too. Errors:
// `not_found` when there is no such program, `cancelled` when it was stopped.  Safe from any thread.
Result<Ended> run(const Command& command, const Terms& terms = {}, std::stop_token stop = {});

// Where a program of this name lies: in PATH, or where servers lie (/usr/sbin, /sbin); empty when nowhere.
std::filesystem::path find_program(std::string_view name);

}  // namespace eulerpublisher::process
