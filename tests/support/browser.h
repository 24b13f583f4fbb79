#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "support/process.h"

namespace eulerpublisher::test {

// Chromium without a window and without a network, with a profile of its own, steered through a pipe (the
// Chrome DevTools Protocol).  It ends with this value.  Owned by one thread.
class Browser {
 public:
  // Whether there is one: if not, a test says GTEST_SKIP() << "SKIPPED: chromium is not installed".
  static bool is_here();
  static Result<std::unique_ptr<Browser>> start();
  ~Browser();

  // How a page is shown.
  struct View {
    int width = 1400;
    int height = 900;
    bool dark = false;
  };
  // Opens a file and waits until it is shown.  What earlier pages complained about is forgotten.
  Done open(const std::filesystem::path& file, const View& view);
  // Shows the open page another way.
  Done resize(const View& view);

  // What an expression of JavaScript yields in the open page, as JSON.
  Result<std::string> evaluate(const std::string& expression);
  // Scripts that failed, what was blocked, what could not be loaded, in the open page until now.
  Result<std::vector<std::string>> complaints();
  // A picture of what is shown, to look at when a test fails.
  Done screenshot(const std::filesystem::path& png);

 private:
  class Pipe;
  Browser(std::unique_ptr<TempFolder> profile, std::unique_ptr<Pipe> pipe);

  std::unique_ptr<TempFolder> profile_;
  std::unique_ptr<Pipe> pipe_;
};

// What is hard to read in the open page: it is wider than the window, text lies outside it, is smaller than
// 12 pixels, or stands out from what is behind it by less than 4.5 to 1 (WCAG 2, level AA).  Each as a
// sentence.
Result<std::vector<std::string>> hard_to_read(Browser& browser);

// How many rows each table of the open page has, and how many of its cells hold nothing.
struct ShownTable {
  size_t rows = 0;
  size_t empty_cells = 0;
};
Result<std::vector<ShownTable>> tables_in(Browser& browser);

}  // namespace eulerpublisher::test
