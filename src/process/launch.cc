#include "process/launch.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <set>

#include "base/file_handle.h"
#include "base/guarded.h"

extern char** environ;

namespace eulerpublisher::process {
namespace {

Guarded<std::set<std::string>>& withheld() {
  static Guarded<std::set<std::string>> names;
  return names;
}

std::vector<std::string> environment(const Command& command) {
  std::vector<std::string> list;
  auto secret = withheld().lock();
  for (char** entry = environ; *entry; ++entry) {
    std::string text = *entry, name = text.substr(0, text.find('='));
    if (!command.env.contains(name) && !secret->contains(name)) list.push_back(std::move(text));
  }
  for (const auto& [name, value] : command.env)
    if (value) list.push_back(name + "=" + *value);
  return list;
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> list;
  for (std::string& text : texts) list.push_back(text.data());
  list.push_back(nullptr);
  return list;
}

// A file of ours that lies at 0, 1 or 2 would be overwritten by the dup2() of another.
int above_standard(int file) { return file > STDERR_FILENO ? file : fcntl(file, F_DUPFD_CLOEXEC, 3); }

// In the child, between fork and exec: nothing here may allocate, for other threads may have held the heap.
bool settle(const Files& files, const char* folder, pid_t parent) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent) return false;
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  ::signal(SIGPIPE, SIG_DFL);
  if (files.terminal ? setsid() < 0 : setpgid(0, 0) != 0) return false;
  int in = above_standard(files.in), out = above_standard(files.out), err = above_standard(files.err);
  if (dup2(in, STDIN_FILENO) < 0 || dup2(out, STDOUT_FILENO) < 0 || dup2(err, STDERR_FILENO) < 0)
    return false;
  if (files.terminal && ioctl(STDIN_FILENO, TIOCSCTTY, 0) != 0) return false;
  return *folder == '\0' || chdir(folder) == 0;
}

}  // namespace

void withhold(const std::vector<std::string>& variables) {
  withheld().lock()->insert(variables.begin(), variables.end());
}

Result<pid_t> launch(const Command& command, const Files& files) {
  if (command.argv.empty()) return invalid("there is no program to run");
  std::vector<std::string> argv = command.argv, env = environment(command);
  std::vector<char*> arguments = pointers(argv), variables = pointers(env);
  std::string folder = command.folder.string();
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return system_error(errno, "making a pipe");
  FileHandle heard(ends[0]), told(ends[1]);
  pid_t parent = getpid();
  pid_t pid = fork();
  if (pid == 0) {
    if (settle(files, folder.c_str(), parent)) execvpe(arguments[0], arguments.data(), variables.data());
    int code = errno;
    [[maybe_unused]] auto written = write(told.get(), &code, sizeof code);
    _exit(127);
  }
  if (pid < 0) return system_error(errno, "starting " + command.argv[0]);
  told = FileHandle();
  int code = 0;
  if (read(heard.get(), &code, sizeof code) != sizeof code) return pid;
  waitpid(pid, nullptr, 0);
  return system_error(code, "starting " + command.argv[0]);
}

int shell_status(int wait_status) {
  return WIFSIGNALED(wait_status) ? 128 + WTERMSIG(wait_status) : WEXITSTATUS(wait_status);
}

}  // namespace eulerpublisher::process
