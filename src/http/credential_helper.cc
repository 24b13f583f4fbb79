#include "http/credential_helper.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "stream/spool.h"

extern char** environ;

namespace eulerpublisher::http {
namespace {

using Steady = std::chrono::steady_clock;

constexpr size_t longest_answer = 256 * 1024;

struct Pipe {
  FileHandle out, in;
};

Result<Pipe> make_pipe() {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return system_error(errno, "making a pipe");
  return Pipe{FileHandle(ends[0]), FileHandle(ends[1])};
}

// What the child reads as its standard input.  A file in memory: a child that does not read it breaks no
// pipe.
Result<FileHandle> question_about(const std::string& registry) {
  FileHandle file(memfd_create("credential-helper", MFD_CLOEXEC));
  std::string line = registry + "\n";
  bool written = file && write(file.get(), line.data(), line.size()) == static_cast<ssize_t>(line.size()) &&
                 lseek(file.get(), 0, SEEK_SET) == 0;
  if (!written) return system_error(errno, "preparing the question to a credential helper");
  return file;
}

// A child that is ended and waited for when its owner goes.
class Child {
 public:
  explicit Child(pid_t pid) : pid_(pid) {}
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  ~Child() {
    if (pid_ <= 0) return;
    kill(pid_, SIGKILL);
    wait();
  }
  // Its exit status; -1 when it was ended by a signal.
  int wait() {
    int status = 0;
    while (waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
    }
    pid_ = 0;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }

 private:
  pid_t pid_;
};

Result<pid_t> start(const std::string& program, const FileHandle& question, const Pipe& from) {
  posix_spawn_file_actions_t files;
  posix_spawnattr_t attributes;
  posix_spawn_file_actions_init(&files);
  posix_spawnattr_init(&attributes);
  posix_spawn_file_actions_adddup2(&files, question.get(), STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&files, from.in.get(), STDOUT_FILENO);
  posix_spawn_file_actions_addopen(&files, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
  sigset_t all, none;
  sigemptyset(&none);
  sigemptyset(&all);
  sigaddset(&all, SIGPIPE);  // we ignore it, and a child would inherit that
  posix_spawnattr_setsigdefault(&attributes, &all);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
  std::string get = "get", name = program;
  char* arguments[] = {name.data(), get.data(), nullptr};
  pid_t pid = 0;
  int problem = posix_spawnp(&pid, program.c_str(), &files, &attributes, arguments, environ);
  posix_spawn_file_actions_destroy(&files);
  posix_spawnattr_destroy(&attributes);
  if (problem != 0) return system_error(problem, "running " + program);
  return pid;
}

// All that the child says until it closes its output.
Result<Secret> listen(const FileHandle& from, const std::string& program, Steady::time_point end) {
  std::string said;
  std::array<char, 4096> piece;
  while (said.size() < longest_answer) {
    auto left = std::chrono::ceil<std::chrono::milliseconds>(end - Steady::now());
    pollfd look{from.get(), POLLIN, 0};
    int ready = left.count() > 0 ? poll(&look, 1, static_cast<int>(left.count())) : 0;
    if (ready < 0 && errno == EINTR) continue;
    if (ready <= 0) return unavailable("{} did not answer in time", program);
    ssize_t count = read(from.get(), piece.data(), piece.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return Secret(std::move(said));
    said.append(piece.data(), static_cast<size_t>(count));
  }
  return unavailable("{} says too much", program);
}

std::string text_at(const nlohmann::json& object, const char* name) {
  auto found = object.find(name);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

}  // namespace

Result<std::optional<Credential>> ask_credential_helper(const std::string& name, const std::string& registry,
                                                        std::chrono::milliseconds patience) {
  bool sane = !name.empty() && name.size() <= 100 && std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_' || c == '.';
  });
  if (!sane) return invalid("'{}' is no name of a credential helper", name);
  std::string program = "docker-credential-" + name;
  FileHandle question = TRY(question_about(registry));
  Pipe from = TRY(make_pipe());
  pid_t pid = TRY(start(program, question, from));
  Child child(pid);
  from.in = FileHandle();
  Secret said = TRY(listen(from.out, program, Steady::now() + patience));
  if (int status = child.wait(); status != 0) {
    if (said.reveal().find("not found") != std::string::npos) return std::nullopt;
    return unavailable("{} ended with status {} when asked for {}", program, status, registry);
  }
  auto answer = nlohmann::json::parse(said.reveal(), nullptr, false);
  if (!answer.is_object()) return unavailable("{} answers something that is no login", program);
  std::string username = text_at(answer, "Username");
  Secret secret(text_at(answer, "Secret"));
  if (username.empty() || secret.empty()) return std::nullopt;
  if (username == "<token>") return Credential{"", {}, std::move(secret)};
  return Credential{username, std::move(secret), {}};
}

}  // namespace eulerpublisher::http
