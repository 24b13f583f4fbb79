#include "http/challenge.h"

#include <algorithm>
#include <string_view>

namespace eulerpublisher::http {
namespace {

constexpr size_t longest_header = 16 * 1024;
constexpr size_t most_challenges = 16;
constexpr size_t most_parameters = 32;

bool is_token_character(char c) {
  bool alphanumeric = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  return alphanumeric || (c != '\0' && std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos);
}

bool is_token68_character(char c) {
  return is_token_character(c) || c == '/';  // a little wider than RFC 9110, which does no harm
}

class Parser {
 public:
  Parser(std::string_view text, std::vector<Challenge>& into)
      : text_(text.substr(0, longest_header)), challenges_(into) {}

  void parse() {
    bool begun = false;  // parameters before the first scheme of this header belong to nobody
    while (skip(" \t,"), at_ < text_.size()) {
      std::string name = lower(take(is_token_character));
      if (name.empty()) {
        skip_item();
        continue;
      }
      size_t after_name = at_;
      skip(" \t");
      if (peek() == '=') {
        ++at_;
        skip(" \t");
        std::string value = peek() == '"' ? quoted() : std::string(take(is_token68_character));
        if (begun) add(std::move(name), std::move(value));
        continue;
      }
      if (challenges_.size() >= most_challenges) return;
      challenges_.push_back({std::move(name), {}});
      begun = true;
      if (at_ > after_name) skip_token68();
    }
  }

 private:
  char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  void skip(std::string_view any_of) {
    while (at_ < text_.size() && any_of.find(text_[at_]) != any_of.npos) ++at_;
  }
  std::string_view take(bool (*fits)(char)) {
    size_t begin = at_;
    while (at_ < text_.size() && fits(text_[at_])) ++at_;
    return text_.substr(begin, at_ - begin);
  }
  // `Negotiate YWJj==`: credentials where parameters could be.
  void skip_token68() {
    size_t begin = at_;
    take(is_token68_character);
    skip("=");
    size_t end = at_;
    skip(" \t");
    if (end == begin || (at_ < text_.size() && text_[at_] != ',')) at_ = begin;
  }
  void skip_item() {
    while (at_ < text_.size() && text_[at_] != ',') {
      if (text_[at_] == '"')
        quoted();
      else
        ++at_;
    }
  }
  std::string quoted() {
    std::string value;
    for (++at_; at_ < text_.size() && text_[at_] != '"'; ++at_) {
      if (text_[at_] == '\\' && at_ + 1 < text_.size()) ++at_;
      value += text_[at_];
    }
    at_ = std::min(at_ + 1, text_.size());
    return value;
  }
  static std::string lower(std::string_view text) {
    std::string copy(text);
    for (char& c : copy)
      if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
    return copy;
  }
  // The first of a name counts.
  void add(std::string name, std::string value) {
    auto& parameters = challenges_.back().parameters;
    if (parameters.size() < most_parameters) parameters.emplace(std::move(name), std::move(value));
  }

  std::string_view text_;
  size_t at_ = 0;
  std::vector<Challenge>& challenges_;
};

}  // namespace

std::optional<std::string> Challenge::get(const std::string& name) const {
  auto found = parameters.find(name);
  if (found == parameters.end()) return std::nullopt;
  return found->second;
}

std::vector<Challenge> parse_challenges(const std::vector<std::string>& headers) {
  std::vector<Challenge> challenges;
  for (const std::string& header : headers) Parser(header, challenges).parse();
  return challenges;
}

}  // namespace eulerpublisher::http
