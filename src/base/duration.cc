#include "base/duration.h"

#include <array>
#include <charconv>

namespace eulerpublisher {
namespace {

struct Unit {
  std::string_view name;
  int64_t milliseconds;
};
constexpr std::array<Unit, 5> units{
    {{"d", 86'400'000}, {"h", 3'600'000}, {"m", 60'000}, {"s", 1000}, {"ms", 1}}};
constexpr int64_t longest = 366 * units[0].milliseconds;

}  // namespace

Result<std::chrono::milliseconds> parse_duration(std::string_view text) {
  int64_t number = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  std::string_view rest(end, static_cast<size_t>(text.data() + text.size() - end));
  for (const Unit& unit : units)
    if (error == std::errc() && rest == unit.name && number > 0 && number <= longest / unit.milliseconds)
      return std::chrono::milliseconds(number * unit.milliseconds);
  return invalid("'{}' is not a time such as 90s, 15m, 6h or 2d", text.substr(0, 60));
}

std::string text_of(std::chrono::milliseconds time) {
  for (const Unit& unit : units)
    if (time.count() != 0 && time.count() % unit.milliseconds == 0)
      return fmt::format("{}{}", time.count() / unit.milliseconds, unit.name);
  return "0s";
}

}  // namespace eulerpublisher
