#pragma once

#include <string>
#include <string_view>

namespace eulerpublisher::cli {

// Writes a manual page in the man(7) macros, so that groff and mandoc show every character as it was meant:
// what would be a request, a dash or a quotation mark of typography is escaped.
class Roff {
 public:
  // `title` in capitals by custom; `date` as 2024-12-30; `source` is the program with its version.
  Roff(std::string_view title, std::string_view date, std::string_view source, std::string_view manual);

  Roff& section(std::string_view name);
  Roff& paragraph();
  // A paragraph that hangs on the line that comes next.
  Roff& term();
  Roff& text(std::string_view text);      // words, in lines of reasonable length
  Roff& bold(std::string_view literal);   // as it is typed
  Roff& italic(std::string_view what);    // what stands for something else
  Roff& space();                          // between the three above
  Roff& line();                           // ends the line, and with it a term
  Roff& example(std::string_view lines);  // set as they are

  const std::string& page() const { return page_; }

 private:
  std::string page_;
};

// As a line of text that roff shows unchanged.
std::string roff_escaped(std::string_view text);

}  // namespace eulerpublisher::cli
