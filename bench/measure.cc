// Runs a command and tells what it took:
//
//   measure FILE COMMAND ARGUMENT...
//
// appends "WALL USER SYSTEM PEAK STATUS" to FILE: seconds, seconds, seconds, KiB of the largest process, exit
// status. Ends with the command's exit status.

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>

int main(int argc, char** argv) {
  if (argc < 3) {
    std::fprintf(stderr, "usage: measure FILE COMMAND ARGUMENT...\n");
    return 2;
  }
  auto start = std::chrono::steady_clock::now();
  pid_t child = fork();
  if (child < 0) {
    std::perror("measure: fork");
    return 1;
  }
  if (child == 0) {
    execvp(argv[2], argv + 2);
    std::perror(argv[2]);
    _exit(127);
  }
  int status = 0;
  rusage used{};
  if (wait4(child, &status, 0, &used) != child) {
    std::perror("measure: wait");
    return 1;
  }
  std::chrono::duration<double> wall = std::chrono::steady_clock::now() - start;
  auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
  };
  int result = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  FILE* file = std::fopen(argv[1], "a");
  if (!file) {
    std::perror(argv[1]);
    return 1;
  }
  std::fprintf(file, "%.4f %.3f %.3f %ld %d\n", wall.count(), seconds(used.ru_utime), seconds(used.ru_stime),
               used.ru_maxrss, result);
  std::fclose(file);
  return result;
}
