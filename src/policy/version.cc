#include "policy/version.h"

#include <algorithm>

namespace eulerpublisher {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Takes `prefix` (lower case) off the front of `text`, whatever its case.
bool take(std::string_view& text, std::string_view prefix) {
  bool there = text.size() >= prefix.size() &&
               std::ranges::equal(text.substr(0, prefix.size()), prefix, {}, [](char c) {
                 return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
               });
  if (there) text.remove_prefix(prefix.size());
  return there;
}

// Two digits; -1 when they are not there.
int take_two_digits(std::string_view& text) {
  if (text.size() < 2 || !is_digit(text[0]) || !is_digit(text[1])) return -1;
  int number = (text[0] - '0') * 10 + (text[1] - '0');
  text.remove_prefix(2);
  return number;
}

// The rest of a service pack's number, which has one or two digits and no leading zero; 0 when it is
// something else.
int service_pack_of(std::string_view text) {
  bool good = !text.empty() && text.size() <= 2 && text[0] != '0' && std::ranges::all_of(text, is_digit);
  if (!good) return 0;
  return text.size() == 1 ? text[0] - '0' : (text[0] - '0') * 10 + (text[1] - '0');
}

}  // namespace

Result<Version> Version::parse(std::string_view text) {
  auto wrong = [&] {
    return invalid("'{}' is not a version of openEuler: write it like 24.03-LTS-SP1, 22.03-LTS or 23.09",
                   text.substr(0, 80));
  };
  std::string_view rest = text;
  take(rest, "openeuler-");
  int year = take_two_digits(rest);
  if (year < 0 || !take(rest, ".")) return wrong();
  int month = take_two_digits(rest);
  if (month < 1 || month > 12) return wrong();
  bool lts = take(rest, "-lts");
  int service_pack = 0;
  if (lts && take(rest, "-sp")) {
    service_pack = service_pack_of(rest);
    if (service_pack == 0) return wrong();
    rest = {};
  }
  if (!rest.empty()) return wrong();
  return Version(year, month, lts, service_pack);
}

std::string Version::series() const { return fmt::format("{:02}.{:02}", year_, month_); }

std::string Version::text() const {
  std::string suffix = lts_ ? "-LTS" : "";
  if (service_pack_ > 0) suffix += fmt::format("-SP{}", service_pack_);
  return series() + suffix;
}

std::string Version::os_release() const {
  if (!lts_) return series();
  if (service_pack_ == 0) return series() + " (LTS)";
  return fmt::format("{} (LTS-SP{})", series(), service_pack_);
}

Tag Version::tag() const {
  std::string suffix = lts_ ? "-lts" : "";
  if (service_pack_ > 0) suffix += fmt::format("-sp{}", service_pack_);
  return *Tag::parse(series() + suffix);  // fits the grammar by construction
}

}  // namespace eulerpublisher
