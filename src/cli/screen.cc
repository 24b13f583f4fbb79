#include "cli/screen.h"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>

#include "cli/text_width.h"

namespace eulerpublisher::cli {
namespace {

constexpr std::string_view clear_to_end_of_line = "\x1b[K";
constexpr std::string_view clear_to_end_of_screen = "\x1b[J";

class StandardError : public Terminal {
 public:
  void write(std::string_view text) override {
    while (!text.empty()) {
      ssize_t written = ::write(STDERR_FILENO, text.data(), text.size());
      if (written < 0 && errno == EINTR) continue;
      if (written <= 0) return;  // nobody reads it any more
      text.remove_prefix(static_cast<size_t>(written));
    }
  }
  size_t columns() override { return size().ws_col > 0 ? size().ws_col : 80; }
  size_t rows() override { return size().ws_row > 0 ? size().ws_row : 24; }
  bool is_interactive() override {
    const char* kind = std::getenv("TERM");
    return isatty(STDERR_FILENO) == 1 && kind != nullptr && std::string_view(kind) != "dumb";
  }

 private:
  static winsize size() {
    winsize size{};
    if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) != 0) return {};
    return size;
  }
};

}  // namespace

Terminal& standard_error() {
  static StandardError terminal;
  return terminal;
}

std::string Screen::back() const {
  if (lines_.empty()) return {};
  // In a window that has become narrower the terminal has broken our lines.
  size_t columns = std::max<size_t>(terminal_.columns(), 1);
  size_t rows = 0;
  for (const std::string& line : lines_)
    rows += std::max<size_t>(1, (text_width(line) + columns - 1) / columns);
  return fmt::format("\r\x1b[{}A", rows);
}

std::string Screen::drawn() const {
  std::string text;
  for (const std::string& line : lines_) text += fmt::format("{}{}\n", line, clear_to_end_of_line);
  return text;
}

void Screen::print(const std::string& line) {
  std::lock_guard lock(mutex_);
  if (lines_.empty()) {
    terminal_.write(printable(line) + "\n");
    return;
  }
  terminal_.write(fmt::format("{}{}{}\n{}{}", back(), printable(line), clear_to_end_of_line, drawn(),
                              clear_to_end_of_screen));
}

void Screen::show(std::vector<std::string> lines) {
  std::lock_guard lock(mutex_);
  if (!terminal_.is_interactive() || (lines.empty() && lines_.empty())) return;
  std::string text = back();
  lines_ = std::move(lines);
  terminal_.write(fmt::format("{}{}{}", text, drawn(), clear_to_end_of_screen));
}

}  // namespace eulerpublisher::cli
