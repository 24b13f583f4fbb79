#include "sync/supervisor.h"

#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include <charconv>
#include <cstddef>
#include <cstdlib>
#include <cstring>

#include "base/file_handle.h"

namespace eulerpublisher::sync {
namespace {

std::string take_variable(const char* name) {
  const char* value = std::getenv(name);
  std::string text = value ? value : "";
  unsetenv(name);
  return text;
}

template <class Number>
std::optional<Number> number_in(const std::string& text) {
  Number number = 0;
  auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (text.empty() || problem != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

}  // namespace

Supervisor Supervisor::from_environment() {
  Supervisor supervisor;
  supervisor.socket_ = take_variable("NOTIFY_SOCKET");
  auto microseconds = number_in<int64_t>(take_variable("WATCHDOG_USEC"));
  std::string for_whom = take_variable("WATCHDOG_PID");
  bool for_us = for_whom.empty() || number_in<pid_t>(for_whom) == getpid();
  if (!supervisor.socket_.empty() && microseconds && *microseconds > 0 && for_us)
    supervisor.watchdog_ = std::chrono::microseconds(*microseconds);
  return supervisor;
}

void Supervisor::tell(std::string_view lines) const {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (socket_.empty() || socket_.size() >= sizeof address.sun_path) return;
  std::memcpy(address.sun_path, socket_.data(), socket_.size());
  if (address.sun_path[0] == '@') address.sun_path[0] = '\0';  // the abstract name space
  FileHandle handle(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  if (!handle) return;
  // Whoever does not listen shall not hold us up.
  timeval patience{1, 0};
  ::setsockopt(handle.get(), SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
  auto length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + socket_.size());
  (void)::sendto(handle.get(), lines.data(), lines.size(), MSG_NOSIGNAL,
                 reinterpret_cast<const sockaddr*>(&address), length);
}

}  // namespace eulerpublisher::sync
