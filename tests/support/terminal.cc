#include "support/terminal.h"

#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "process/launch.h"

namespace eulerpublisher::test {

Result<Terminal> Terminal::start(const Command& command) {
  winsize size{50, 200, 0, 0};
  int ours = -1, its = -1;
  if (openpty(&ours, &its, nullptr, nullptr, &size) != 0) return unavailable("no terminal is to be had");
  FileHandle our_side(ours), its_side(its);
  for (int end : {ours, its}) fcntl(end, F_SETFD, FD_CLOEXEC);
  pid_t pid = TRY(process::launch(command.program(), {its, its, its, true}));
  return Terminal(std::move(our_side), pid);
}

Terminal::Terminal(Terminal&& other) noexcept
    : ours_(std::move(other.ours_)),
      pid_(std::exchange(other.pid_, -1)),
      shown_(std::move(other.shown_)),
      seen_(other.seen_) {}

Terminal::~Terminal() {
  if (pid_ <= 0) return;
  kill(-pid_, SIGKILL);
  waitpid(pid_, nullptr, 0);
}

void Terminal::type(const std::string& keys) {
  for (std::size_t sent = 0; sent < keys.size();) {
    ssize_t count = write(ours_.get(), keys.data() + sent, keys.size() - sent);
    if (count <= 0) return;
    sent += static_cast<std::size_t>(count);
  }
}

bool Terminal::wait_for(const std::string& text, std::chrono::milliseconds patience) {
  auto end = std::chrono::steady_clock::now() + patience;
  for (;;) {
    if (auto at = shown_.find(text, seen_); at != std::string::npos) {
      seen_ = at + text.size();
      return true;
    }
    auto left = std::chrono::duration_cast<std::chrono::milliseconds>(end - std::chrono::steady_clock::now());
    pollfd ready{ours_.get(), POLLIN, 0};
    if (left.count() <= 0 || poll(&ready, 1, static_cast<int>(left.count())) <= 0) return false;
    char bytes[4096];
    ssize_t count = read(ours_.get(), bytes, sizeof bytes);
    if (count <= 0) return false;
    shown_.append(bytes, static_cast<std::size_t>(count));
  }
}

}  // namespace eulerpublisher::test
