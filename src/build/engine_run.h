#pragma once

#include <filesystem>
#include <stop_token>
#include <string>

#include "process/run.h"

namespace eulerpublisher::build {

// One call of an engine within a build.
struct EngineCall {
  process::Command command;
  std::string doing;  // for messages: `building redis for linux/arm64`
  std::chrono::milliseconds patience;
  std::filesystem::path log = {};  // both outputs are added to it; empty: they are not kept
};

// Runs an engine to its end and yields its standard output (its first mebibyte).  `unavailable` when it ends
// with another status than 0 or its time is up: the message has its last lines, made harmless for a terminal,
// and the log's path.  `not_found` when there is no such program.
Result<std::string> call_engine(const EngineCall& call, std::stop_token stop);

}  // namespace eulerpublisher::build
