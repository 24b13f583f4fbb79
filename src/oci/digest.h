#pragma once

#include <compare>
#include <string>
#include <string_view>

#include "base/result.h"

namespace eulerpublisher {

// A content digest, `sha256:…` or `sha512:…` (OCI image-spec, descriptor.md, "Digests").  Whoever holds one knows
// that it is well-formed.
class Digest {
 public:
  // The only way in from text.  Lower-case hexadecimal of the right length; anything else is `invalid`.
  static Result<Digest> parse(std::string_view text);
  // Of 64 hexadecimal digits, as sha256sum prints them; upper case is accepted and folded.
  static Result<Digest> sha256(std::string_view hex);

  const std::string& text() const { return text_; }
  std::string_view algorithm() const { return std::string_view(text_).substr(0, colon_); }
  std::string_view hex() const { return std::string_view(text_).substr(colon_ + 1); }
  // `sha256:0123456789ab`, for people.
  std::string brief() const { return text_.substr(0, colon_ + 13); }

  auto operator<=>(const Digest& other) const { return text_ <=> other.text_; }
  bool operator==(const Digest& other) const { return text_ == other.text_; }

 private:
  Digest(std::string text, size_t colon) : text_(std::move(text)), colon_(colon) {}
  std::string text_;
  size_t colon_;
};

// The sha256 digest of bytes in memory.
Digest digest_of(std::string_view bytes);

}  // namespace eulerpublisher
