#include "base/duration.h"

#include <array>
#include <charconv>

namespace eulerpublisher {
namespace {

struct Unit {
  char letter;
  int64_t seconds;
};
constexpr std::array<Unit, 4> units{{{'d', 86400}, {'h', 3600}, {'m', 60}, {'s', 1}}};
constexpr int64_t longest = 366 * 86400;

}  // namespace

Result<std::chrono::seconds> parse_duration(std::string_view text) {
  int64_t number = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  std::string_view rest(end, static_cast<size_t>(text.data() + text.size() - end));
  for (const Unit& unit : units)
    if (error == std::errc() && rest.size() == 1 && rest[0] == unit.letter && number > 0 &&
        number <= longest / unit.seconds)
      return std::chrono::seconds(number * unit.seconds);
  return invalid("'{}' is not a time such as 90s, 15m, 6h or 2d", text.substr(0, 60));
}

std::string text_of(std::chrono::seconds time) {
  for (const Unit& unit : units)
    if (time.count() != 0 && time.count() % unit.seconds == 0)
      return fmt::format("{}{}", time.count() / unit.seconds, unit.letter);
  return "0s";
}

}  // namespace eulerpublisher
