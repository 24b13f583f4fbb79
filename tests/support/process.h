#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "process/launch.h"

namespace eulerpublisher::test {

// A folder of a test's own under $TMPDIR; it goes with everything in it.
class TempFolder {
 public:
  explicit TempFolder(const std::string& name = "ep-test");
  ~TempFolder();
  TempFolder(const TempFolder&) = delete;
  TempFolder& operator=(const TempFolder&) = delete;

  const std::filesystem::path& path() const { return path_; }
  std::filesystem::path operator/(const std::filesystem::path& name) const { return path_ / name; }

 private:
  std::filesystem::path path_;
};

// A loopback port that nobody had a moment ago, and that no connection gets by chance: a server that is stopped
// and started again finds it free.
uint16_t free_port();

// Whether 127.0.0.1:`port` accepted a connection within `patience`.
bool wait_for_port(uint16_t port, std::chrono::milliseconds patience = std::chrono::seconds(10));

// Whether a program of this name lies in PATH (or in /usr/sbin and /sbin, where servers lie).
bool have_program(const std::string& name);

void write_text(const std::filesystem::path& file, const std::string& text);
// What a file holds; empty when it is not there.
std::string read_text(const std::filesystem::path& file);

// What is to be run.  `argv[0]` is looked for in PATH.
struct Command {
  std::vector<std::string> argv;
  // Added to this process's environment; a variable without a value is taken out of it.
  std::map<std::string, std::optional<std::string>> env = {};
  std::filesystem::path folder = {};  // where it runs; empty: here
  std::filesystem::path log = {};     // takes both outputs; empty: they are discarded

  process::Command program() const { return {argv, env, folder}; }
};

// A child process.  Destruction ends it.  It also dies with the *thread* that started it, so that a test
// program that is killed leaves nothing behind: start it on a thread that lives long enough.
class Process {
 public:
  static Result<Process> start(const Command& command);
  Process(Process&& other) noexcept;
  Process& operator=(Process&& other) noexcept;
  ~Process();

  pid_t pid() const { return pid_; }
  bool running();
  void signal(int number);
  // SIGTERM, and SIGKILL when that has not helped within `patience`.
  void stop(std::chrono::milliseconds patience = std::chrono::seconds(5));
  void kill();
  // The exit status, as a shell tells it: 128 + N after signal N.
  int wait();

 private:
  explicit Process(pid_t pid) : pid_(pid) {}
  bool reap(bool block);
  pid_t pid_ = -1;
  std::optional<int> status_;
};

// What became of a command that was run to its end.
struct Ran {
  int status = -1;  // as a shell tells it; 127 when it could not be started, 124 when it took too long
  std::string out;
  std::string err;
  bool ok() const { return status == 0; }
};

// Runs a command to its end, with `input` as its standard input.  It is killed after `patience`.
Ran run(const Command& command, const std::string& input = {},
        std::chrono::milliseconds patience = std::chrono::seconds(120));

}  // namespace eulerpublisher::test
