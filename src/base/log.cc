#include "base/log.h"

#include <cstdio>

#include "base/guarded.h"

namespace eulerpublisher {
namespace {

struct Log {
  LogLevel least = LogLevel::info;
  LogReceiver receiver = [](LogLevel level, const std::string& line) {
    const char* prefix = level == LogLevel::warning ? "warning: " : level == LogLevel::error ? "error: " : "";
    std::fprintf(stderr, "%s%s\n", prefix, line.c_str());
  };
};

Guarded<Log>& the_log() {
  static Guarded<Log> log;
  return log;
}

}  // namespace

void set_log(LogLevel least, LogReceiver receiver) {
  auto log = the_log().lock();
  log->least = least;
  if (receiver) log->receiver = std::move(receiver);
}

void log_line(LogLevel level, const std::string& line) {
  auto log = the_log().lock();
  if (level >= log->least) log->receiver(level, line);
}

}  // namespace eulerpublisher
