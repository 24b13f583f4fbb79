#include "build/pin.h"

#include <algorithm>
#include <cctype>
#include <optional>
#include <vector>

namespace eulerpublisher::build {
namespace {

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r'; }

// The offset at which a line begins; nothing when there are not so many.
std::optional<size_t> begin_of_line(std::string_view text, int line) {
  size_t at = 0;
  for (int i = 1; i < line; ++i) {
    at = text.find('\n', at);
    if (at == text.npos) return std::nullopt;
    ++at;
  }
  return at;
}

// A directive of the file's beginning may make ` the character for continuations.
char escape_of(std::string_view text) {
  std::string head(text.substr(0, 400));
  std::ranges::transform(head, head.begin(), [](unsigned char c) { return std::tolower(c); });
  std::erase_if(head, is_blank);
  return head.find("#escape=`") == head.npos ? '\\' : '`';
}

// Goes over the words of an instruction, over continued lines and the comments between them.
class Words {
 public:
  Words(std::string_view text, size_t at) : text_(text), at_(at), escape_(escape_of(text)) {}

  // Offset and length of the next word; nothing at the end of the instruction.
  std::optional<std::pair<size_t, size_t>> next() {
    while (at_ < text_.size()) {
      if (is_blank(text_[at_])) {
        ++at_;
      } else if (continues()) {
        to_next_line();
      } else if (text_[at_] == '\n') {
        return std::nullopt;
      } else {
        size_t begin = at_;
        while (at_ < text_.size() && !is_blank(text_[at_]) && text_[at_] != '\n' && !continues()) ++at_;
        return std::pair(begin, at_ - begin);
      }
    }
    return std::nullopt;
  }

 private:
  bool continues() const {
    if (text_[at_] != escape_) return false;
    size_t end = std::min(text_.find('\n', at_), text_.size());
    return std::ranges::all_of(text_.substr(at_ + 1, end - at_ - 1), is_blank);
  }
  void to_next_line() {
    at_ = std::min(text_.find('\n', at_), text_.size() - 1) + 1;
    while (at_ < text_.size()) {
      size_t first = text_.find_first_not_of(" \t\r", at_);
      if (first == text_.npos || (text_[first] != '#' && text_[first] != '\n')) return;
      at_ = std::min(text_.find('\n', first), text_.size() - 1) + 1;
    }
  }

  std::string_view text_;
  size_t at_;
  char escape_;
};

// Where the image's name stands in the instruction that begins at `at`.
std::optional<std::pair<size_t, size_t>> place_of(std::string_view text, size_t at, const Pin& pin) {
  Words words(text, at);
  if (!words.next()) return std::nullopt;
  while (auto word = words.next()) {
    std::string_view written = text.substr(word->first, word->second);
    if (pin.is_start) {
      if (!written.starts_with("--")) return word;
      continue;
    }
    // --from=REF, --mount=type=bind,from=REF,target=…
    std::string wanted = "from=" + pin.reference;
    size_t found = written.starts_with("--") ? written.find(wanted) : written.npos;
    if (found == written.npos) continue;
    char before = written[found - 1];
    size_t end = found + wanted.size();
    bool whole =
        (before == '-' || before == ',' || before == '=') && (end == written.size() || written[end] == ',');
    if (whole) return std::pair(word->first + found + 5, pin.reference.size());
  }
  return std::nullopt;
}

}  // namespace

Result<std::string> pin_bases(std::string_view dockerfile, const std::vector<Pin>& pins) {
  // By offset, so that earlier ones stay where they are when the last is done first.
  std::map<size_t, std::pair<size_t, std::string>> changes;
  for (const Pin& pin : pins) {
    auto begin = begin_of_line(dockerfile, pin.line);
    auto place = begin ? place_of(dockerfile, *begin, pin) : std::nullopt;
    if (!place)
      return unsupported("line {} of the Dockerfile does not name {} as it should", pin.line, pin.reference);
    changes[place->first] = {place->second, pin.pinned};
  }
  std::string text(dockerfile);
  for (auto change = changes.rbegin(); change != changes.rend(); ++change)
    text.replace(change->first, change->second.first, change->second.second);
  return text;
}

}  // namespace eulerpublisher::build
