#include "cli/log_lines.h"

#include <nlohmann/json.hpp>

#include "base/clock.h"
#include "cli/screen.h"

namespace eulerpublisher::cli {
namespace {

std::string_view name_of(LogLevel level) {
  switch (level) {
    case LogLevel::debug:
      return "debug";
    case LogLevel::info:
      return "info";
    case LogLevel::warning:
      return "warning";
    case LogLevel::error:
      break;
  }
  return "error";
}

}  // namespace

void log_as_json(LogLevel least) {
  set_log(least, [](LogLevel level, const std::string& line) {
    nlohmann::ordered_json json{
        {"time", rfc3339(system_clock().now())}, {"level", name_of(level)}, {"message", line}};
    standard_error().write(json.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace) +
                           "\n");
  });
}

}  // namespace eulerpublisher::cli
