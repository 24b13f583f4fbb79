#pragma once

#include <compare>
#include <string>
#include <string_view>
#include <vector>

namespace eulerpublisher::catalogue {

// The version of an application as the first part of a tag tells it, ordered as docs/catalogue.md says
// ("Which tag is latest").  A value.
class AppVersion {
 public:
  // Kinds of versions, the lower first: those of one kind can be compared with each other.
  enum class Kind { commit, date, number };

  // Any text has a version; one without any number in it is of the kind `commit`, which has no order.
  static AppVersion read(std::string_view text);

  Kind kind() const { return kind_; }
  bool released() const { return before_.empty(); }  // no alpha, beta, rc …
  // Without leading zeros, trailing zero parts dropped.
  const std::vector<std::string>& numbers() const { return numbers_; }
  // What follows the words that are understood, without order: `torch_npu2.5.1-cann8.1.rc1`.
  const std::string& flavour() const { return flavour_; }
  // Whether its first number looks like a year, as in 2025.07.0.
  bool begins_with_year() const;

  // By kind, released or not, numbers, what comes before the release, what after; the flavour does not count.
  std::weak_ordering operator<=>(const AppVersion& other) const;
  bool operator==(const AppVersion& other) const { return (*this <=> other) == 0; }
  // Which of these decides between two, for people: `a release, not a pre-release`; empty when they are
  // equal.
  static std::string_view difference(const AppVersion& left, const AppVersion& right);

 private:
  friend class VersionReader;
  // A word before the release, alpha or rc, with the number behind it.
  struct Stage {
    int rank;  // dev 0 … rc 5
    std::vector<std::string> number;
  };

  std::weak_ordering compare_before(const AppVersion& other) const;

  Kind kind_ = Kind::commit;
  std::vector<std::string> numbers_;
  std::vector<Stage> before_;
  std::vector<std::vector<std::string>> after_;  // numbers of p, post, sp, hf …
  std::string flavour_;
};

}  // namespace eulerpublisher::catalogue
