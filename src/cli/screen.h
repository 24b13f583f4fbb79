#pragma once

#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace eulerpublisher::cli {

// Where text for people goes.
class Terminal {
 public:
  virtual ~Terminal() = default;
  virtual void write(std::string_view text) = 0;
  // Asked each time, since a person may change the window.
  virtual size_t columns() = 0;
  virtual size_t rows() = 0;
  // Whether the cursor can be moved.
  virtual bool is_interactive() = 0;
};

// Standard error; lives as long as the program.
Terminal& standard_error();

// A few lines at the bottom that change, and lines above them that stay.  Each change is one write, in place,
// so that nothing flickers.  The cursor waits below the last line and is never hidden: a run that is killed
// leaves the terminal as it was.  Safe from any thread.
class Screen {
 public:
  explicit Screen(Terminal& terminal) : terminal_(terminal) {}

  // A line that stays, without its newline; control characters are taken out.
  void print(const std::string& line);
  // Takes the place of the changing lines.  None are shown where the cursor cannot be moved.
  void show(std::vector<std::string> lines);

  Terminal& terminal() { return terminal_; }

 private:
  // Moves to where the changing lines begin.
  std::string back() const;
  std::string drawn() const;

  Terminal& terminal_;
  std::mutex mutex_;
  std::vector<std::string> lines_;
};

}  // namespace eulerpublisher::cli
