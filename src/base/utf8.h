#pragma once

#include <string_view>

namespace eulerpublisher {

// One character at the front of a text.
struct Utf8Character {
  std::string_view bytes;  // at least one
  char32_t code;           // of a bad one: its byte
  bool good;               // well-formed UTF-8 (RFC 3629: no overlong forms, no surrogates)
};

// The first character of a text that is not empty.  Of what is no UTF-8 it takes one byte.
Utf8Character first_character(std::string_view text);

}  // namespace eulerpublisher
