#include "base/utf8.h"

#include <array>

namespace eulerpublisher {

Utf8Character first_character(std::string_view text) {
  auto byte = [&](size_t i) { return static_cast<unsigned char>(text[i]); };
  unsigned char lead = byte(0);
  if (lead < 0x80) return {text.substr(0, 1), lead, true};
  size_t length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  bool good = lead >= 0xc2 && lead <= 0xf4 && text.size() >= length;
  char32_t code = lead & (0xffu >> (length + 1));
  for (size_t i = 1; good && i < length; ++i) {
    good = (byte(i) & 0xc0) == 0x80;
    code = code << 6 | (byte(i) & 0x3fu);
  }
  constexpr std::array<char32_t, 5> least{0, 0, 0x80, 0x800, 0x10000};
  good = good && code >= least[length] && code <= 0x10ffff && (code < 0xd800 || code > 0xdfff);
  if (!good) return {text.substr(0, 1), lead, false};
  return {text.substr(0, length), code, true};
}

}  // namespace eulerpublisher
