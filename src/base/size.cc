#include "base/size.h"

#include <charconv>

namespace eulerpublisher {

Result<uint64_t> parse_size(std::string_view text) {
  uint64_t number = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  std::string_view unit(end, static_cast<size_t>(text.data() + text.size() - end));
  auto wrong = [&] { return invalid("'{}' is not a size such as 500MiB or 2GiB", text); };
  if (error != std::errc() || end == text.data()) return wrong();
  constexpr std::string_view letters = "KMGT";
  uint64_t factor = 1;
  if (!unit.empty() && unit != "B") {
    size_t power = letters.find(unit[0] == 'k' ? 'K' : unit[0]);
    std::string_view rest = unit.substr(1);
    if (power == letters.npos || (!rest.empty() && rest != "iB" && rest != "B")) return wrong();
    for (size_t i = 0; i <= power; ++i) factor *= rest == "B" ? 1000 : 1024;
  }
  if (number > UINT64_MAX / factor) return wrong();
  return number * factor;
}

}  // namespace eulerpublisher
