#include "cli/text_width.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/utf8.h"

namespace eulerpublisher::cli {
namespace {

using Range = std::pair<char32_t, char32_t>;

// Combining marks and format characters that take no column of their own.
constexpr std::array<Range, 13> no_columns{{{0x0300, 0x036f},
                                            {0x0483, 0x0489},
                                            {0x0591, 0x05bd},
                                            {0x0610, 0x061a},
                                            {0x064b, 0x065f},
                                            {0x1ab0, 0x1aff},
                                            {0x1dc0, 0x1dff},
                                            {0x200b, 0x200f},
                                            {0x2028, 0x202e},
                                            {0x2060, 0x206f},
                                            {0x20d0, 0x20ff},
                                            {0xfe00, 0xfe0f},
                                            {0xfe20, 0xfe2f}}};

// East Asian Wide and Fullwidth (Unicode annex 11), joined where only unassigned characters lie between.
constexpr std::array<Range, 15> two_columns{{{0x1100, 0x115f},
                                             {0x231a, 0x231b},
                                             {0x2e80, 0x303e},
                                             {0x3041, 0x33ff},
                                             {0x3400, 0x4dbf},
                                             {0x4e00, 0xa4cf},
                                             {0xa960, 0xa97f},
                                             {0xac00, 0xd7a3},
                                             {0xf900, 0xfaff},
                                             {0xfe30, 0xfe6f},
                                             {0xff00, 0xff60},
                                             {0xffe0, 0xffe6},
                                             {0x1f300, 0x1f64f},
                                             {0x1f900, 0x1f9ff},
                                             {0x20000, 0x3fffd}}};

template <size_t size>
bool is_in(const std::array<Range, size>& ranges, char32_t code) {
  auto after = std::ranges::upper_bound(ranges, code, {}, &Range::first);
  return after != ranges.begin() && code <= std::prev(after)->second;
}

size_t columns_of(const Utf8Character& character) {
  if (!character.good) return 1;
  if (is_in(no_columns, character.code)) return 0;
  return is_in(two_columns, character.code) ? 2 : 1;
}

// The longest beginning that fits into `width` columns.
std::string_view beginning(std::string_view text, size_t width) {
  size_t bytes = 0;
  for (size_t used = 0; bytes < text.size();) {
    Utf8Character next = first_character(text.substr(bytes));
    used += columns_of(next);
    if (used > width) break;
    bytes += next.bytes.size();
  }
  return text.substr(0, bytes);
}

bool is_control(char32_t code) {
  bool directional = (code >= 0x202a && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069);
  return code < 0x20 || (code >= 0x7f && code < 0xa0) || directional;
}

}  // namespace

size_t text_width(std::string_view text) {
  size_t width = 0;
  while (!text.empty()) {
    Utf8Character next = first_character(text);
    width += columns_of(next);
    text.remove_prefix(next.bytes.size());
  }
  return width;
}

std::string padded(std::string_view text, size_t width) {
  size_t used = text_width(text);
  return std::string(text) + std::string(used < width ? width - used : 0, ' ');
}

std::string padded_left(std::string_view text, size_t width) {
  size_t used = text_width(text);
  return std::string(used < width ? width - used : 0, ' ') + std::string(text);
}

std::string cut(std::string_view text, size_t width) {
  if (text_width(text) <= width) return std::string(text);
  if (width == 0) return {};
  return std::string(beginning(text, width - 1)) + "…";
}

std::vector<std::string> wrapped(std::string_view text, size_t width) {
  width = std::max<size_t>(width, 2);  // so that any character fits
  std::vector<std::string> lines;
  while (text_width(text) > width) {
    std::string_view line = beginning(text, width);
    bool ends_a_word = text[line.size()] == ' ';
    size_t blank = ends_a_word ? line.size() : line.rfind(' ');
    if (blank != line.npos && blank > 0) line = line.substr(0, blank);
    text.remove_prefix(line.size());
    while (line.ends_with(' ')) line.remove_suffix(1);
    while (text.starts_with(' ')) text.remove_prefix(1);
    lines.emplace_back(line);
  }
  if (!text.empty() || lines.empty()) lines.emplace_back(text);
  return lines;
}

std::string printable(std::string_view text) {
  std::string shown;
  while (!text.empty()) {
    Utf8Character next = first_character(text);
    if (!next.good || is_control(next.code))
      shown += '?';
    else
      shown += next.bytes;
    text.remove_prefix(next.bytes.size());
  }
  return shown;
}

}  // namespace eulerpublisher::cli
