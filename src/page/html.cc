#include "page/html.h"

#include "base/utf8.h"

namespace eulerpublisher::page {
namespace {

bool can_be_shown(const Utf8Character& character) {
  char32_t code = character.code;
  if (!character.good) return false;
  if (code < 0x20) return code == '\t' || code == '\n';
  bool control = code >= 0x7f && code < 0xa0;
  bool turns_around = (code >= 0x202a && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069);
  bool no_character = (code & 0xfffe) == 0xfffe || (code >= 0xfdd0 && code <= 0xfdef);
  return !control && !turns_around && !no_character;
}

}  // namespace

std::string escape(std::string_view text) {
  std::string safe;
  safe.reserve(text.size() + text.size() / 8);
  while (!text.empty()) {
    Utf8Character next = first_character(text);
    text.remove_prefix(next.bytes.size());
    switch (next.code) {
      case '&':
        safe += "&amp;";
        break;
      case '<':
        safe += "&lt;";
        break;
      case '>':
        safe += "&gt;";
        break;
      case '"':
        safe += "&quot;";
        break;
      case '\'':
        safe += "&#39;";
        break;
      default:
        safe += can_be_shown(next) ? next.bytes : std::string_view("\xef\xbf\xbd");
    }
  }
  return safe;
}

}  // namespace eulerpublisher::page
