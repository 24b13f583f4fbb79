#include "support/process.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <sstream>
#include <thread>

extern char** environ;

namespace eulerpublisher::test {

namespace fs = std::filesystem;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

TempFolder::TempFolder(const std::string& name) {
  std::string pattern = (fs::temp_directory_path() / (name + ".XXXXXX")).string();
  if (!mkdtemp(pattern.data())) {
    perror("mkdtemp");
    std::abort();
  }
  path_ = pattern;
}

TempFolder::~TempFolder() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

namespace {

sockaddr_in loopback(uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

bool accepts(uint16_t port) {
  int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address = loopback(port);
  bool connected = connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
  close(fd);
  return connected;
}

}  // namespace

uint16_t free_port() {
  int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address = loopback(0);
  socklen_t length = sizeof address;
  bool bound = bind(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0 &&
               getsockname(fd, reinterpret_cast<sockaddr*>(&address), &length) == 0;
  close(fd);
  return bound ? ntohs(address.sin_port) : 0;
}

bool wait_for_port(uint16_t port, milliseconds patience) {
  auto end = steady_clock::now() + patience;
  while (!accepts(port)) {
    if (steady_clock::now() > end) return false;
    std::this_thread::sleep_for(milliseconds(10));
  }
  return true;
}

bool have_program(const std::string& name) {
  const char* path = getenv("PATH");
  std::istringstream folders(std::string(path ? path : "") + ":/usr/sbin:/sbin");
  for (std::string folder; std::getline(folders, folder, ':');) {
    if (access((folder + "/" + name).c_str(), X_OK) == 0) return true;
  }
  return false;
}

void write_text(const fs::path& file, const std::string& text) {
  std::ofstream(file, std::ios::binary) << text;
}

std::string read_text(const fs::path& file) {
  std::ostringstream text;
  text << std::ifstream(file, std::ios::binary).rdbuf();
  return text.str();
}

namespace {

std::vector<std::string> environment(const Command& command) {
  std::vector<std::string> list;
  for (char** entry = environ; *entry; ++entry) {
    std::string text = *entry;
    if (!command.env.contains(text.substr(0, text.find('=')))) list.push_back(std::move(text));
  }
  for (const auto& [name, value] : command.env) {
    if (value) list.push_back(name + "=" + *value);
  }
  return list;
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> list;
  for (auto& text : texts) list.push_back(text.data());
  list.push_back(nullptr);
  return list;
}

struct Pipes {
  int in = -1, out = -1, err = -1;  // what the child gets as 0, 1 and 2
};

// Everything that allocates is done before the fork: the child of a program with threads may not.
Result<pid_t> spawn(const Command& command, const Pipes& pipes) {
  std::vector<std::string> argv = command.argv, env = environment(command);
  std::vector<char*> arguments = pointers(argv), variables = pointers(env);
  std::string folder = command.folder.string();
  int told[2];
  if (pipe2(told, O_CLOEXEC) != 0) return system_error(errno, "making a pipe");
  pid_t parent = getpid();
  pid_t pid = fork();
  if (pid == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, nullptr);
    ::signal(SIGPIPE, SIG_DFL);
    bool ready = getppid() == parent && dup2(pipes.in, 0) >= 0 && dup2(pipes.out, 1) >= 0 &&
                 dup2(pipes.err, 2) >= 0 && (folder.empty() || chdir(folder.c_str()) == 0);
    if (ready) execvpe(arguments[0], arguments.data(), variables.data());
    int code = errno;
    [[maybe_unused]] auto written = write(told[1], &code, sizeof code);
    _exit(127);
  }
  int failed = errno;
  close(told[1]);
  int code = 0;
  bool told_error = pid > 0 && read(told[0], &code, sizeof code) == sizeof code;
  close(told[0]);
  if (pid < 0) return system_error(failed, "starting a process");
  if (told_error) {
    waitpid(pid, nullptr, 0);
    return system_error(code, "starting " + command.argv[0]);
  }
  return pid;
}

int shell_status(int status) { return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status); }

}  // namespace

Result<Process> Process::start(const Command& command) {
  int in = open("/dev/null", O_RDONLY | O_CLOEXEC);
  std::string log = command.log.empty() ? "/dev/null" : command.log.string();
  int out = open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  auto pid = out < 0 ? Result<pid_t>(system_error(errno, "opening " + log)) : spawn(command, {in, out, out});
  close(in);
  if (out >= 0) close(out);
  if (!pid) return pid.error();
  return Process(*pid);
}

Process::Process(Process&& other) noexcept
    : pid_(std::exchange(other.pid_, -1)), status_(std::exchange(other.status_, std::nullopt)) {}

Process& Process::operator=(Process&& other) noexcept {
  std::swap(pid_, other.pid_);
  std::swap(status_, other.status_);
  return *this;
}

Process::~Process() { stop(); }

bool Process::reap(bool block) {
  if (pid_ < 0 || status_) return true;
  int status = 0;
  pid_t answer;
  do {
    answer = waitpid(pid_, &status, block ? 0 : WNOHANG);
  } while (answer < 0 && errno == EINTR);
  if (answer == pid_) status_ = shell_status(status);
  return status_.has_value();
}

bool Process::running() { return !reap(false); }

void Process::signal(int number) {
  if (running()) ::kill(pid_, number);
}

void Process::stop(milliseconds patience) {
  signal(SIGTERM);
  auto end = steady_clock::now() + patience;
  while (running() && steady_clock::now() < end) std::this_thread::sleep_for(milliseconds(5));
  kill();
}

void Process::kill() {
  signal(SIGKILL);
  reap(true);
}

int Process::wait() {
  reap(true);
  return status_.value_or(-1);
}

namespace {

// Feeds and drains a child's pipes until both outputs have ended; false when the time was up first.
bool converse(int in, int out, int err, const std::string& input, Ran& ran, steady_clock::time_point end) {
  size_t sent = 0;
  pollfd waits[3] = {{in, POLLOUT, 0}, {out, POLLIN, 0}, {err, POLLIN, 0}};
  auto leave = [](pollfd& wait) {
    close(wait.fd);
    wait.fd = -1;
  };
  std::vector<char> room(1 << 16);
  while (waits[1].fd >= 0 || waits[2].fd >= 0) {
    auto left = std::chrono::duration_cast<milliseconds>(end - steady_clock::now()).count();
    if (waits[0].fd >= 0 && sent == input.size()) leave(waits[0]);
    if (left <= 0 || poll(waits, 3, static_cast<int>(left)) == 0) break;
    if (waits[0].fd >= 0 && waits[0].revents) {
      ssize_t count = write(waits[0].fd, input.data() + sent, input.size() - sent);
      if (count < 0)
        leave(waits[0]);
      else
        sent += static_cast<size_t>(count);
    }
    for (int which : {1, 2}) {
      if (waits[which].fd < 0 || !waits[which].revents) continue;
      ssize_t count = read(waits[which].fd, room.data(), room.size());
      if (count <= 0)
        leave(waits[which]);
      else
        (which == 1 ? ran.out : ran.err).append(room.data(), static_cast<size_t>(count));
    }
  }
  bool ended = waits[1].fd < 0 && waits[2].fd < 0;
  for (auto& wait : waits) {
    if (wait.fd >= 0) leave(wait);
  }
  return ended;
}

}  // namespace

Ran run(const Command& command, const std::string& input, milliseconds patience) {
  Ran ran;
  int in[2], out[2], err[2];
  if (pipe2(in, O_CLOEXEC) || pipe2(out, O_CLOEXEC) || pipe2(err, O_CLOEXEC)) return ran;
  fcntl(in[1], F_SETFL, O_NONBLOCK);
  ::signal(SIGPIPE, SIG_IGN);
  auto end = steady_clock::now() + patience;
  auto pid = spawn(command, {in[0], out[1], err[1]});
  for (int fd : {in[0], out[1], err[1]}) close(fd);
  if (!pid) {
    for (int fd : {in[1], out[0], err[0]}) close(fd);
    return {127, {}, pid.error().text()};
  }
  bool in_time = converse(in[1], out[0], err[0], input, ran, end);
  if (!in_time) ::kill(*pid, SIGKILL);
  int status = 0;
  while (waitpid(*pid, &status, 0) < 0 && errno == EINTR) {
  }
  ran.status = in_time ? shell_status(status) : 124;
  return ran;
}

}  // namespace eulerpublisher::test
