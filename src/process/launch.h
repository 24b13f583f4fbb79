#pragma once

#include <sys/types.h>

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"

namespace eulerpublisher::process {

// A program and its arguments.  No shell stands between, so nothing in them is ever understood as anything
// else.
struct Command {
  std::vector<std::string> argv;  // the first is a path, or looked for in PATH
  // Added to this process's environment; a variable without a value is taken out of it.
  std::map<std::string, std::optional<std::string>> env = {};
  std::filesystem::path folder = {};  // where it runs; empty: here
};

// These variables hold secrets: whatever is started from now on does not get them, unless its Command names
// them itself.  Safe from any thread.
void withhold(const std::vector<std::string>& variables);

// The files a program begins with; they stay the caller's.
struct Files {
  int in = -1, out = -1, err = -1;
  bool terminal = false;  // `in` is a terminal and becomes the one it is controlled by
};

// Starts a program as the leader of a process group of its own, with signals as they are by default.  It dies
// with the *thread* that started it, so that nothing is left behind by a program that is killed.  Whoever
// starts it waits for it.  `not_found` when there is no such program.  Safe from any thread.
Result<pid_t> launch(const Command& command, const Files& files);

// What waitpid() tells, as a shell tells it: 128 + N after signal N.
int shell_status(int wait_status);

}  // namespace eulerpublisher::process
