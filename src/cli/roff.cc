#include "cli/roff.h"

#include <fmt/format.h>

#include <algorithm>
#include <sstream>

namespace eulerpublisher::cli {
namespace {

constexpr std::size_t longest_line = 78;

// The character that begins at `at`, which is moved behind it.  What is not UTF-8 is taken byte by byte.
char32_t next_character(std::string_view text, std::size_t& at) {
  auto byte = [&](std::size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0u; };
  unsigned first = byte(at);
  int more = first >= 0xF0 ? 3 : first >= 0xE0 ? 2 : first >= 0xC0 ? 1 : 0;
  char32_t character = more == 0 ? first : first & (0x3Fu >> more);
  ++at;
  for (; more > 0 && (byte(at) & 0xC0) == 0x80; --more) character = character << 6 | (byte(at++) & 0x3F);
  return character;
}

}  // namespace

std::string roff_escaped(std::string_view text) {
  std::string escaped;
  for (std::size_t at = 0; at < text.size();) {
    char32_t character = next_character(text, at);
    switch (character) {
      case '\\':
        escaped += "\\e";
        break;
      case '-':
        escaped += "\\-";
        break;
      case '`':
        escaped += "\\(ga";
        break;
      case '\'':
        escaped += "\\(aq";
        break;
      case '"':
        escaped += "\\(dq";
        break;
      case '^':
        escaped += "\\(ha";
        break;
      case '~':
        escaped += "\\(ti";
        break;
      default:
        if (character < 0x80)
          escaped += static_cast<char>(character);
        else
          escaped += fmt::format("\\[u{:04X}]", static_cast<unsigned>(character));
    }
  }
  if (escaped.starts_with('.')) escaped.insert(0, "\\&");
  return escaped;
}

Roff::Roff(std::string_view title, std::string_view date, std::string_view source, std::string_view manual)
    : page_(fmt::format(".TH \"{}\" 1 \"{}\" \"{}\" \"{}\"\n.nh\n.ad l\n", roff_escaped(title), date, source,
                        manual)) {}

Roff& Roff::section(std::string_view name) {
  page_ += fmt::format(".SH \"{}\"\n", name);
  return *this;
}

Roff& Roff::paragraph() {
  page_ += ".PP\n";
  return *this;
}

Roff& Roff::term() {
  page_ += ".TP\n";
  return *this;
}

Roff& Roff::text(std::string_view text) {
  std::istringstream words{std::string(text)};
  auto line_begin = page_.rfind('\n') + 1;
  std::size_t length = page_.size() - line_begin;
  bool first = true;
  for (std::string word; words >> word; first = false) {
    bool fits = length + 1 + word.size() <= longest_line;
    if (!first && fits) page_ += ' ';
    if (!first && !fits) page_ += '\n', length = 0;
    page_ += roff_escaped(word);
    length += 1 + word.size();
  }
  return *this;
}

Roff& Roff::bold(std::string_view literal) {
  page_ += "\\fB" + roff_escaped(literal) + "\\fR";
  return *this;
}

Roff& Roff::italic(std::string_view what) {
  page_ += "\\fI" + roff_escaped(what) + "\\fR";
  return *this;
}

Roff& Roff::space() {
  page_ += ' ';
  return *this;
}

Roff& Roff::line() {
  page_ += '\n';
  return *this;
}

Roff& Roff::example(std::string_view lines) {
  page_ += ".nf\n.RS 4\n";
  std::istringstream text{std::string(lines)};
  for (std::string line; std::getline(text, line);) page_ += roff_escaped(line) + '\n';
  page_ += ".RE\n.fi\n";
  return *this;
}

}  // namespace eulerpublisher::cli
