#include "support/process.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <fstream>
#include <random>
#include <sstream>
#include <thread>

#include "process/run.h"

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
  // Below the ports that the kernel gives to whoever connects to somewhere.
  static thread_local std::minstd_rand chance{std::random_device{}()};
  for (int i = 0; i < 1000; ++i) {
    auto port = std::uniform_int_distribution<uint16_t>(20'000, 32'767)(chance);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address = loopback(port);
    bool bound = bind(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
    close(fd);
    if (bound) return port;
  }
  return 0;
}

bool wait_for_port(uint16_t port, milliseconds patience) {
  auto end = steady_clock::now() + patience;
  while (!accepts(port)) {
    if (steady_clock::now() > end) return false;
    std::this_thread::sleep_for(milliseconds(10));
  }
  return true;
}

bool have_program(const std::string& name) { return !process::find_program(name).empty(); }

void write_text(const fs::path& file, const std::string& text) {
  std::ofstream(file, std::ios::binary) << text;
}

std::string read_text(const fs::path& file) {
  std::ostringstream text;
  text << std::ifstream(file, std::ios::binary).rdbuf();
  return text.str();
}

Result<Process> Process::start(const Command& command) {
  int in = open("/dev/null", O_RDONLY | O_CLOEXEC);
  std::string log = command.log.empty() ? "/dev/null" : command.log.string();
  int out = open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  auto pid = out < 0 ? Result<pid_t>(system_error(errno, "opening " + log))
                     : process::launch(command.program(), {in, out, out});
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
  if (answer == pid_) status_ = process::shell_status(status);
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

Ran run(const Command& command, const std::string& input, milliseconds patience) {
  auto ended = process::run(
      command.program(),
      {.input = input, .patience = patience, .grace = milliseconds(0), .output_limit = UINT64_MAX});
  if (!ended) return {127, {}, ended.error().text()};
  return {ended->too_late ? 124 : ended->status, std::move(ended->out), std::move(ended->err)};
}

}  // namespace eulerpublisher::test
