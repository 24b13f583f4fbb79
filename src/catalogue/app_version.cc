#include "catalogue/app_version.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

namespace eulerpublisher::catalogue {
namespace {

using Number = std::vector<std::string>;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_separator(char c) { return std::string_view("._-+~").find(c) != std::string_view::npos; }

std::string lower(std::string_view text) {
  std::string result(text);
  for (char& c : result)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return result;
}

constexpr std::array<std::pair<std::string_view, int>, 15> words_before{{{"dev", 0},
                                                                         {"nightly", 0},
                                                                         {"snapshot", 0},
                                                                         {"a", 1},
                                                                         {"alpha", 1},
                                                                         {"ea", 1},
                                                                         {"b", 2},
                                                                         {"beta", 2},
                                                                         {"m", 3},
                                                                         {"milestone", 3},
                                                                         {"pre", 4},
                                                                         {"preview", 4},
                                                                         {"c", 5},
                                                                         {"rc", 5},
                                                                         {"cr", 5}}};
constexpr int released = 6;  // after all of them
constexpr std::array<std::string_view, 12> words_after{"p",   "patch", "post", "sp", "hf",     "bp",
                                                       "fix", "r",     "rev",  "u",  "update", "build"};
constexpr std::array<std::string_view, 5> words_of_no_weight{"final", "ga", "release", "ce", "ee"};

bool is_among(std::string_view word, const auto& words) {
  return std::ranges::find(words, word) != words.end();
}

// Numbers of any length, without leading zeros.
std::weak_ordering compare(const std::string& left, const std::string& right) {
  if (left.size() != right.size()) return left.size() <=> right.size();
  return left.compare(right) <=> 0;
}

std::weak_ordering compare(const Number& left, const Number& right) {
  return std::lexicographical_compare_three_way(
      left.begin(), left.end(), right.begin(), right.end(),
      [](const std::string& a, const std::string& b) { return compare(a, b); });
}

bool is_commit(std::string_view text) {
  auto is_hexadecimal = [](char c) {
    return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
  };
  return text.size() >= 7 && text.size() <= 40 && std::ranges::all_of(text, is_hexadecimal) &&
         std::ranges::any_of(text, is_digit) && std::ranges::any_of(text, is_letter);
}

// 1 to 12 for jan to dec, as two digits; nothing for another word.
std::optional<std::string> month_of(std::string_view word) {
  constexpr std::array<std::string_view, 12> months{"jan", "feb", "mar", "apr", "may", "jun",
                                                    "jul", "aug", "sep", "oct", "nov", "dec"};
  auto found = std::ranges::find(months, word);
  if (found == months.end()) return std::nullopt;
  return std::to_string(found - months.begin() + 1);
}

bool is_between(std::string_view number, int least, int most) {
  if (number.empty() || number.size() > 4) return false;
  int value = std::stoi(std::string(number));
  return value >= least && value <= most;
}

bool is_year(std::string_view number) { return number.size() == 4 && is_between(number, 1990, 2099); }

std::string without_zeros(std::string_view digits) {
  size_t first = digits.find_first_not_of('0');
  return first == digits.npos ? "0" : std::string(digits.substr(first));
}

// YYYYMM and YYYYMMDD taken apart; nothing for another number.
std::optional<Number> date_in(std::string_view number) {
  bool good = (number.size() == 6 || number.size() == 8) && is_year(number.substr(0, 4)) &&
              is_between(number.substr(4, 2), 1, 12) &&
              (number.size() == 6 || is_between(number.substr(6), 1, 31));
  if (!good) return std::nullopt;
  Number date{std::string(number.substr(0, 4)), without_zeros(number.substr(4, 2))};
  if (number.size() == 8) date.push_back(without_zeros(number.substr(6)));
  return date;
}

}  // namespace

class VersionReader {
 public:
  explicit VersionReader(std::string_view text) : rest_(text) {}

  AppVersion read() {
    if (is_commit(rest_)) return version_;
    drop_product();
    if (!read_written_date() && !read_numbers()) {
      version_.flavour_ = rest_;
      return version_;
    }
    read_words();
    return std::move(version_);
  }

 private:
  // `chroma-`, `v`, and `k8s-` where a number follows at once: what stands in front of the first number that
  // is no part of a word.
  void drop_product() {
    while (!rest_.empty() && !is_digit(rest_.front())) {
      auto part_of_word = [](char c) { return is_digit(c) || is_letter(c); };
      size_t end = std::ranges::find_if_not(rest_, part_of_word) - rest_.begin();
      std::string_view word = rest_.substr(0, end);
      size_t digit = std::ranges::find_if(word, is_digit) - word.begin();
      bool number_follows = end + 1 < rest_.size() && rest_[end] == '-' && is_digit(rest_[end + 1]);
      bool digit_within =
          std::ranges::any_of(word.substr(digit), is_letter) && lower(word.substr(0, digit)) != "v";
      rest_.remove_prefix(std::max<size_t>(number_follows && digit_within ? end : digit, 1));
    }
  }

  std::string_view take_digits(std::string_view& text) {
    size_t end = std::ranges::find_if_not(text, is_digit) - text.begin();
    std::string_view digits = text.substr(0, end);
    text.remove_prefix(end);
    return digits;
  }
  std::string_view take_letters(std::string_view& text) {
    size_t end = std::ranges::find_if_not(text, is_letter) - text.begin();
    std::string_view letters = text.substr(0, end);
    text.remove_prefix(end);
    return letters;
  }

  // 29Aug2024
  bool read_written_date() {
    std::string_view text = rest_;
    std::string_view day = take_digits(text);
    auto month = month_of(lower(take_letters(text)));
    std::string_view year = take_digits(text);
    if (!month || !is_between(day, 1, 31) || !is_year(year)) return false;
    version_.kind_ = AppVersion::Kind::date;
    version_.numbers_ = {std::string(year), *month, without_zeros(day)};
    rest_ = text;
    return true;
  }

  // Numbers with single separators between them, as many as there are.
  Number take_number() {
    Number number;
    while (!rest_.empty()) {
      std::string_view text = rest_;
      if (!number.empty()) {
        if (!is_separator(text.front())) break;
        text.remove_prefix(1);
      }
      std::string_view digits = take_digits(text);
      if (digits.empty()) break;
      number.push_back(without_zeros(digits));
      rest_ = text;
    }
    return number;
  }

  bool read_numbers() {
    std::string_view text = rest_;
    auto date = date_in(take_digits(text));
    Number number = take_number();
    if (number.empty()) return false;
    version_.kind_ = date ? AppVersion::Kind::date : AppVersion::Kind::number;
    if (date) number.erase(number.begin());
    version_.numbers_ = date.value_or(Number{});
    std::ranges::move(number, std::back_inserter(version_.numbers_));
    while (version_.numbers_.size() > 1 && version_.numbers_.back() == "0") version_.numbers_.pop_back();
    return true;
  }

  void read_words() {
    while (true) {
      std::string_view text = rest_;
      while (!text.empty() && is_separator(text.front())) text.remove_prefix(1);
      std::string_view flavour = text;
      std::string word = lower(take_letters(text));
      auto before = std::ranges::find(words_before, word, [](const auto& pair) { return pair.first; });
      bool known =
          before != words_before.end() || is_among(word, words_after) || is_among(word, words_of_no_weight);
      if (!known) {
        version_.flavour_ = flavour;
        return;
      }
      rest_ = text;
      if (rest_.size() > 1 && is_separator(rest_[0]) && is_digit(rest_[1])) rest_.remove_prefix(1);
      Number number = take_number();
      if (before != words_before.end())
        version_.before_.push_back({before->second, std::move(number)});
      else if (is_among(word, words_after))
        version_.after_.push_back(std::move(number));
    }
  }

  std::string_view rest_;
  AppVersion version_;
};

AppVersion AppVersion::read(std::string_view text) { return VersionReader(text).read(); }

bool AppVersion::begins_with_year() const { return !numbers_.empty() && is_year(numbers_.front()); }

// 8.2.RC1.alpha001 comes before 8.2.RC1, and that before 8.2: the end of the words is the release they lead
// to.
std::weak_ordering AppVersion::compare_before(const AppVersion& other) const {
  size_t longest = std::max(before_.size(), other.before_.size());
  static const Stage release{eulerpublisher::catalogue::released, {}};
  for (size_t i = 0; i < longest; ++i) {
    const Stage& left = i < before_.size() ? before_[i] : release;
    const Stage& right = i < other.before_.size() ? other.before_[i] : release;
    if (left.rank != right.rank) return left.rank <=> right.rank;
    if (auto order = compare(left.number, right.number); order != 0) return order;
  }
  return std::weak_ordering::equivalent;
}

std::weak_ordering AppVersion::operator<=>(const AppVersion& other) const {
  if (kind_ != other.kind_) return kind_ <=> other.kind_;
  if (released() != other.released()) return released() <=> other.released();
  if (auto order = compare(numbers_, other.numbers_); order != 0) return order;
  if (auto order = compare_before(other); order != 0) return order;
  return std::lexicographical_compare_three_way(
      after_.begin(), after_.end(), other.after_.begin(), other.after_.end(),
      [](const Number& a, const Number& b) { return compare(a, b); });
}

std::string_view AppVersion::difference(const AppVersion& left, const AppVersion& right) {
  if (left.kind_ != right.kind_)
    return std::max(left.kind_, right.kind_) == Kind::number ? "a version number, not a date or a commit"
                                                             : "a date, not a commit";
  if (left.released() != right.released()) return "a release, not a pre-release";
  if (compare(left.numbers_, right.numbers_) != 0)
    return left.kind_ == Kind::date ? "the later date" : "the higher version";
  if (left.compare_before(right) != 0) return "the later pre-release";
  if (left != right) return "the later patch";
  return {};
}

}  // namespace eulerpublisher::catalogue
