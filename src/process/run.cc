#include "process/run.h"

#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <sstream>

#include "base/file_handle.h"

namespace eulerpublisher::process {
namespace {

using Steady = std::chrono::steady_clock;
using std::chrono::milliseconds;

// How long we listen on when the program has ended and somebody else still holds its output.
constexpr milliseconds echo(200);

// Both sides of what a program speaks through: ours, and its own, which we close once it runs.
struct Line {
  FileHandle out, err, keyboard;
  FileHandle its_in, its_out, its_err;
};

Result<Line> open_terminal() {
  winsize size{24, 80, 0, 0};
  int ours = -1, its = -1;
  if (openpty(&ours, &its, nullptr, nullptr, &size) != 0) return system_error(errno, "opening a terminal");
  Line line;
  line.out = FileHandle(ours);
  line.its_in = FileHandle(its);
  for (int end : {ours, its}) fcntl(end, F_SETFD, FD_CLOEXEC);
  line.its_out = FileHandle(fcntl(its, F_DUPFD_CLOEXEC, 3));
  line.its_err = FileHandle(fcntl(its, F_DUPFD_CLOEXEC, 3));
  line.keyboard = FileHandle(fcntl(ours, F_DUPFD_CLOEXEC, 3));
  if (!line.its_out || !line.its_err || !line.keyboard) return system_error(errno, "opening a terminal");
  return line;
}

// A file in memory: a program that does not read it breaks no pipe.
Result<FileHandle> input_file(const std::string& text) {
  FileHandle file(memfd_create("input", MFD_CLOEXEC));
  if (!file) return system_error(errno, "preparing a program's input");
  for (size_t sent = 0; sent < text.size();) {
    ssize_t count = write(file.get(), text.data() + sent, text.size() - sent);
    if (count <= 0) return system_error(errno, "preparing a program's input");
    sent += static_cast<size_t>(count);
  }
  if (lseek(file.get(), 0, SEEK_SET) != 0) return system_error(errno, "preparing a program's input");
  return file;
}

Result<Line> open_pipes(const std::string& input) {
  Line line;
  line.its_in = TRY(input_file(input));
  for (auto [ours, its] : {std::pair(&line.out, &line.its_out), std::pair(&line.err, &line.its_err)}) {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) return system_error(errno, "making a pipe");
    *ours = FileHandle(ends[0]);
    *its = FileHandle(ends[1]);
  }
  return line;
}

// A program that runs, until it has been waited for.
class Running {
 public:
  Running(const Terms& terms, Line line, pid_t pid)
      : terms_(terms),
        line_(std::move(line)),
        pid_(pid),
        ended_at_(static_cast<int>(syscall(SYS_pidfd_open, pid, 0))),
        stopped_(eventfd(0, EFD_CLOEXEC)),
        end_(Steady::now() + terms.patience) {}
  ~Running() { reap(); }

  Result<Ended> to_its_end(const std::string& name, std::stop_token stop);

 private:
  enum class State { running, asked_to_end, ended };

  void wait_once();
  void listen(FileHandle& from, std::string& kept);
  void type();
  // What is due when the time for the present state is up.
  void go_on();
  void ask_to_end();
  void signal(int number) { kill(-pid_, number); }
  void reap();

  const Terms& terms_;
  Line line_;
  pid_t pid_;
  FileHandle ended_at_, stopped_;
  Steady::time_point end_;
  State state_ = State::running;
  size_t typed_ = 0;
  bool cancelled_ = false;
  Ended ended_;
};

Result<Ended> Running::to_its_end(const std::string& name, std::stop_token stop) {
  if (!ended_at_ || !stopped_) return system_error(errno, "watching " + name);
  std::stop_callback wake(stop, [this] {
    uint64_t one = 1;
    [[maybe_unused]] auto written = write(stopped_.get(), &one, sizeof one);
  });
  while (line_.out || line_.err || state_ != State::ended) {
    if (state_ == State::ended && Steady::now() >= end_) break;
    wait_once();
  }
  reap();
  if (cancelled_) return cancelled("{} was stopped", name);
  return std::move(ended_);
}

void Running::wait_once() {
  auto left = std::chrono::ceil<milliseconds>(end_ - Steady::now()).count();
  bool gone = state_ == State::ended;
  bool typing = line_.keyboard && typed_ < terms_.input.size();
  std::array<pollfd, 5> look{{{line_.out.get(), POLLIN, 0},
                              {line_.err.get(), POLLIN, 0},
                              {gone ? -1 : ended_at_.get(), POLLIN, 0},
                              {state_ == State::running ? stopped_.get() : -1, POLLIN, 0},
                              {typing ? line_.keyboard.get() : -1, POLLOUT, 0}}};
  int ready = poll(look.data(), look.size(), static_cast<int>(std::clamp<long>(left, 0, 1 << 30)));
  if (ready < 0) return;  // a signal of ours
  if (ready == 0) return go_on();
  if (look[0].revents) listen(line_.out, ended_.out);
  if (look[1].revents) listen(line_.err, ended_.err);
  if (look[4].revents) type();
  if (look[3].revents) {
    cancelled_ = true;
    ask_to_end();
  }
  if (look[2].revents) {
    state_ = State::ended;
    end_ = Steady::now() + echo;
  }
}

void Running::listen(FileHandle& from, std::string& kept) {
  std::array<char, 1 << 16> room;
  ssize_t count = read(from.get(), room.data(), room.size());
  if (count < 0 && errno == EINTR) return;
  if (count <= 0) {  // a terminal says EIO when nobody is left at its other side
    from = FileHandle();
    return;
  }
  std::string_view said(room.data(), static_cast<size_t>(count));
  if (terms_.watch) terms_.watch(said);
  size_t more = std::min<uint64_t>(said.size(), terms_.output_limit - kept.size());
  kept.append(said.substr(0, more));
  if (more < said.size()) ended_.cut = true;
}

void Running::type() {
  ssize_t count = write(line_.keyboard.get(), terms_.input.data() + typed_, terms_.input.size() - typed_);
  typed_ = count < 0 ? terms_.input.size() : typed_ + static_cast<size_t>(count);
}

void Running::go_on() {
  switch (state_) {
    case State::running:
      ended_.too_late = true;
      return ask_to_end();
    case State::asked_to_end:
      signal(SIGKILL);
      end_ = Steady::now() + std::chrono::seconds(1);
      return;
    case State::ended:
      return;
  }
}

void Running::ask_to_end() {
  signal(SIGTERM);
  state_ = State::asked_to_end;
  end_ = Steady::now() + terms_.grace;
}

// While the program has not been waited for, its number is nobody else's.
void Running::reap() {
  if (pid_ <= 0) return;
  signal(SIGKILL);
  int status = 0;
  while (waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
  }
  pid_ = 0;
  ended_.status = shell_status(status);
}

}  // namespace

Result<Ended> run(const Command& command, const Terms& terms, std::stop_token stop) {
  if (stop.stop_requested()) return cancelled("stopped");
  Line line = terms.terminal ? TRY(open_terminal()) : TRY(open_pipes(terms.input));
  pid_t pid =
      TRY(launch(command, {line.its_in.get(), line.its_out.get(), line.its_err.get(), terms.terminal}));
  for (FileHandle* its : {&line.its_in, &line.its_out, &line.its_err}) *its = FileHandle();
  return Running(terms, std::move(line), pid).to_its_end(command.argv[0], stop);
}

std::filesystem::path find_program(std::string_view name) {
  const char* path = getenv("PATH");
  std::istringstream folders(std::string(path ? path : "") + ":/usr/sbin:/sbin");
  for (std::string folder; std::getline(folders, folder, ':');) {
    std::filesystem::path file = std::filesystem::path(folder) / name;
    std::error_code ignored;
    if (!folder.empty() && std::filesystem::is_regular_file(file, ignored) && access(file.c_str(), X_OK) == 0)
      return file;
  }
  return {};
}

}  // namespace eulerpublisher::process
