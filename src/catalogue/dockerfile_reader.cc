#include "catalogue/dockerfile_reader.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "policy/yaml.h"

namespace eulerpublisher::catalogue {
namespace {

constexpr std::string_view blanks = " \t";

std::string_view trimmed(std::string_view text) {
  size_t begin = text.find_first_not_of(blanks);
  if (begin == text.npos) return {};
  return text.substr(begin, text.find_last_not_of(blanks) - begin + 1);
}

std::string lower(std::string_view text) {
  std::string result(text);
  for (char& c : result)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return result;
}

// The first word, taken off the front of `text`.
std::string_view take_word(std::string_view& text) {
  text = trimmed(text);
  size_t end = text.find_first_of(blanks);
  std::string_view word = text.substr(0, end);
  text = end == text.npos ? std::string_view{} : trimmed(text.substr(end));
  return word;
}

// Words as a shell separates them; quotes and backslashes stay in them.
std::vector<std::string_view> shell_words(std::string_view text) {
  std::vector<std::string_view> words;
  size_t begin = 0;
  char quote = 0;
  auto end_word = [&](size_t end) {
    if (end > begin) words.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  };
  for (size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (c == '\\' && quote != '\'') {
      ++i;
    } else if (quote) {
      if (c == quote) quote = 0;
    } else if (c == '"' || c == '\'') {
      quote = c;
    } else if (blanks.find(c) != blanks.npos) {
      end_word(i);
    }
  }
  end_word(text.size());
  return words;
}

std::string without_quotes(std::string_view word) {
  std::string plain;
  for (size_t i = 0; i < word.size(); ++i) {
    if (word[i] == '"' || word[i] == '\'') continue;
    if (word[i] == '\\' && i + 1 < word.size()) ++i;
    plain += word[i];
  }
  return plain;
}

struct Heredoc {
  std::string name;  // the line that ends it
  bool strips_tabs = false;
};

// `<<EOF`, `<<-"EOF"`, `3<<EOF`: as BuildKit has it, a word by itself.
std::vector<Heredoc> heredocs_of(std::string_view instruction) {
  std::vector<Heredoc> heredocs;
  for (std::string_view word : shell_words(instruction)) {
    size_t begin = word.find_first_not_of("0123456789");
    if (begin == word.npos || !word.substr(begin).starts_with("<<")) continue;
    std::string_view rest = word.substr(begin + 2);
    bool strips = rest.starts_with("-");
    if (strips) rest.remove_prefix(1);
    if (rest.empty() || rest.find('<') != rest.npos) continue;
    heredocs.push_back({without_quotes(rest), strips});
  }
  return heredocs;
}

bool can_have_heredocs(std::string_view instruction) {
  std::string word = lower(take_word(instruction));
  if (word == "onbuild") word = lower(take_word(instruction));
  bool json = instruction.starts_with("[") && nlohmann::json::accept(instruction);
  return (word == "run" || word == "copy" || word == "add") && !json;
}

}  // namespace

void DockerfileReader::Seen::add(int line, int column) {
  if (lines++ > 0) return;
  first_line = line;
  first_column = column;
}

DockerfileReader::DockerfileReader(std::string_view text, const std::string& file, Findings& findings)
    : file_(file), findings_(findings) {
  if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
  while (!text.empty()) {
    size_t end = text.find('\n');
    std::string_view line = text.substr(0, end);
    if (line.ends_with('\r')) {
      line.remove_suffix(1);
      crlf_.add(static_cast<int>(lines_.size()) + 1, static_cast<int>(line.size()) + 1);
    }
    lines_.push_back(line);
    text = end == text.npos ? std::string_view{} : text.substr(end + 1);
  }
}

Dockerfile DockerfileReader::read() {
  read_directives();
  while (!at_end()) {
    std::string_view first = next_line();
    int at = line();
    if (trimmed(first).empty() || trimmed(first).starts_with('#')) continue;
    std::string whole = whole_instruction(first);
    if (trimmed(whole).empty()) continue;
    instruction(whole, at);
    skip_heredocs(whole, at);
  }
  if (dockerfile_.stages_.empty()) wrong(1, "there is no FROM in this file");
  report(crlf_, Code::crlf, "lines end with CR LF");
  report(blanks_, Code::blanks_after_continuation, "blanks follow the backslash that continues the line");
  report(blank_lines_, Code::blank_line_in_continuation, "a blank line stands within an instruction");
  return std::move(dockerfile_);
}

// `# escape=` before anything else makes another character the one that continues lines.
void DockerfileReader::read_directives() {
  while (!at_end()) {
    std::string_view line = trimmed(lines_[next_]);
    size_t equals = line.find('=');
    if (!line.starts_with('#') || equals == line.npos) return;
    std::string key = lower(trimmed(line.substr(1, equals - 1)));
    std::string_view value = trimmed(line.substr(equals + 1));
    if (key.empty() || key.find_first_not_of("abcdefghijklmnopqrstuvwxyz") != key.npos) return;
    if (key == "escape" && value == "`") escape_ = '`';
    ++next_;
  }
}

std::string_view DockerfileReader::next_line() { return lines_[next_++]; }

// Two backslashes at the end are no continuation, but one that stands for itself.
bool DockerfileReader::take_continuation(std::string_view& line) {
  size_t last = line.find_last_not_of(blanks);
  if (last == line.npos || line[last] != escape_ || (last > 0 && line[last - 1] == escape_)) return false;
  if (last + 1 < line.size()) {
    blanks_.add(this->line(), static_cast<int>(last) + 2);
  }
  line = line.substr(0, last);
  return true;
}

std::string DockerfileReader::whole_instruction(std::string_view first) {
  bool goes_on = take_continuation(first);
  std::string whole(first);
  while (goes_on && !at_end()) {
    std::string_view more = next_line();
    std::string_view said = trimmed(more);
    if (said.starts_with('#')) continue;
    if (said.empty()) {
      blank_lines_.add(line(), 1);
      continue;
    }
    goes_on = take_continuation(more);
    whole += more;
  }
  return whole;
}

void DockerfileReader::skip_heredocs(const std::string& instruction, int at) {
  if (instruction.find("<<") == instruction.npos || !can_have_heredocs(instruction)) return;
  for (const Heredoc& heredoc : heredocs_of(instruction)) {
    bool ended = false;
    while (!ended && !at_end()) {
      std::string_view body = next_line();
      if (heredoc.strips_tabs) body.remove_prefix(std::min(body.find_first_not_of('\t'), body.size()));
      ended = body == heredoc.name;
    }
    if (!ended) wrong(at, fmt::format("the here-document '{}' has no end", for_message(heredoc.name)));
  }
}

void DockerfileReader::instruction(const std::string& text, int at) {
  std::string_view rest = text;
  std::string word = lower(take_word(rest));
  if (word == "from") return from(rest, at);
  if (word == "arg") {
    if (dockerfile_.stages_.empty()) argument(rest);
    return;
  }
  if (dockerfile_.stages_.empty()) return wrong(at, "nothing but ARG may stand before the first FROM");
  if (word == "copy" || word == "run") copy_or_run(rest, at, word == "run");
  if (word == "entrypoint") entrypoint(rest, at);
}

void DockerfileReader::from(std::string_view rest, int at) {
  Dockerfile::Stage stage;
  std::string_view word = take_word(rest);
  for (; word.starts_with("--"); word = take_word(rest))
    if (word.starts_with("--platform=")) stage.platform = word.substr(word.find('=') + 1);
  if (word.empty()) return wrong(at, "this FROM names no image");
  stage.needs.push_back({std::string(word), at, true});
  if (lower(take_word(rest)) == "as") stage.name = lower(take_word(rest));
  dockerfile_.stages_.push_back(std::move(stage));
}

void DockerfileReader::argument(std::string_view rest) {
  for (std::string_view word : shell_words(rest)) {
    size_t equals = word.find('=');
    Dockerfile::Argument argument{std::string(word.substr(0, equals)), std::nullopt};
    if (equals != word.npos) argument.value = std::string(word.substr(equals + 1));
    dockerfile_.arguments_.push_back(std::move(argument));
  }
}

void DockerfileReader::copy_or_run(std::string_view rest, int at, bool is_run) {
  auto need = [&](std::string_view reference) {
    dockerfile_.stages_.back().needs.push_back({without_quotes(reference), at, false});
  };
  for (std::string_view word = take_word(rest); word.starts_with("--"); word = take_word(rest)) {
    if (!is_run && word.starts_with("--from=")) need(word.substr(word.find('=') + 1));
    if (!is_run || !word.starts_with("--mount=")) continue;
    std::string_view options = word.substr(word.find('=') + 1);
    while (!options.empty()) {
      size_t comma = options.find(',');
      std::string_view option = options.substr(0, comma);
      if (option.starts_with("from=")) need(option.substr(5));
      options = comma == options.npos ? std::string_view{} : options.substr(comma + 1);
    }
  }
}

void DockerfileReader::entrypoint(std::string_view rest, int at) {
  rest = trimmed(rest);
  if (!rest.starts_with('[')) return;
  auto json = nlohmann::json::parse(rest, nullptr, false);
  bool good = json.is_array() && std::ranges::all_of(json, [](const auto& word) { return word.is_string(); });
  if (good) return;
  findings_.push_back({Code::entrypoint_not_json,
                       {file_, at, 1},
                       "this ENTRYPOINT looks like JSON and is not: a shell would be started with it",
                       "write it as a list of words in double quotes: [\"program\", \"option\"]"});
}

void DockerfileReader::wrong(int at, std::string text) {
  if (complained_) return;
  complained_ = true;
  findings_.push_back({Code::wrong_dockerfile, {file_, at, 1}, std::move(text), {}});
}

void DockerfileReader::report(const Seen& seen, Code code, std::string_view what) {
  if (seen.lines == 0) return;
  std::string more = seen.lines > 1 ? fmt::format(" (in {} lines)", seen.lines) : "";
  findings_.push_back(
      {code, {file_, seen.first_line, seen.first_column}, fmt::format("{}{}", what, more), {}});
}

}  // namespace eulerpublisher::catalogue
