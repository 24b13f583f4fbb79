#pragma once

#include <fmt/format.h>

#include <functional>
#include <string>

namespace eulerpublisher {

enum class LogLevel { debug, info, warning, error };

// Where log lines go: standard error unless main says otherwise (beside progress bars, as JSON lines).  The
// receiver is called by one thread at a time.
using LogReceiver = std::function<void(LogLevel, const std::string&)>;
void set_log(LogLevel least, LogReceiver receiver);

// One line, without a newline.  Safe from any thread.  Never hand it a secret.
void log_line(LogLevel level, const std::string& line);

template <class... A>
void log_debug(fmt::format_string<A...> text, A&&... arguments) {
  log_line(LogLevel::debug, fmt::format(text, std::forward<A>(arguments)...));
}
template <class... A>
void log_info(fmt::format_string<A...> text, A&&... arguments) {
  log_line(LogLevel::info, fmt::format(text, std::forward<A>(arguments)...));
}
template <class... A>
void log_warning(fmt::format_string<A...> text, A&&... arguments) {
  log_line(LogLevel::warning, fmt::format(text, std::forward<A>(arguments)...));
}

}  // namespace eulerpublisher
