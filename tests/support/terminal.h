#pragma once

#include <chrono>
#include <string>

#include "base/file_handle.h"
#include "support/process.h"

namespace eulerpublisher::test {

// An interactive program on a terminal of its own, typed at by a test.  Destruction ends it.  Owned by one
// thread.
class Terminal {
 public:
  static Result<Terminal> start(const Command& command);
  Terminal(Terminal&& other) noexcept;
  ~Terminal();

  void type(const std::string& keys);
  // Whether `text` has been shown since the last that was waited for.
  bool wait_for(const std::string& text, std::chrono::milliseconds patience = std::chrono::seconds(20));
  // All that has been shown so far, with the terminal's control characters.
  const std::string& shown() const { return shown_; }

 private:
  Terminal(FileHandle ours, pid_t pid) : ours_(std::move(ours)), pid_(pid) {}

  FileHandle ours_;
  pid_t pid_ = -1;
  std::string shown_;
  std::size_t seen_ = 0;
};

}  // namespace eulerpublisher::test
