#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "catalogue/dockerfile.h"

namespace eulerpublisher::catalogue {

// Turns the text of a Dockerfile into a Dockerfile: lines into instructions, and those into stages and what
// they need.  Used once.
class DockerfileReader {
 public:
  DockerfileReader(std::string_view text, const std::string& file, Findings& findings);
  Dockerfile read();

 private:
  // What was seen of something that is accepted: reported once, with the number of lines.
  struct Seen {
    int first_line = 0;
    int first_column = 1;
    int lines = 0;
    void add(int line, int column);
  };

  void read_directives();
  std::string_view next_line();
  bool at_end() const { return next_ >= lines_.size(); }
  int line() const { return static_cast<int>(next_); }  // of what next_line gave last
  // Takes the backslash off a line that goes on.
  bool take_continuation(std::string_view& line);
  // An instruction from its first line on, its continuations joined.
  std::string whole_instruction(std::string_view first);
  void skip_heredocs(const std::string& instruction, int at);

  void instruction(const std::string& text, int at);
  void from(std::string_view rest, int at);
  void argument(std::string_view rest);
  void copy_or_run(std::string_view rest, int at, bool is_run);
  void entrypoint(std::string_view rest, int at);
  void wrong(int at, std::string text);
  void report(const Seen& seen, Code code, std::string_view what);

  const std::string& file_;
  Findings& findings_;
  Dockerfile dockerfile_;
  std::vector<std::string_view> lines_;
  size_t next_ = 0;
  char escape_ = '\\';
  bool complained_ = false;  // one thing that cannot be built is enough
  Seen crlf_, blanks_, blank_lines_;
};

}  // namespace eulerpublisher::catalogue
