#include "oci/digest.h"

#include <openssl/sha.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <span>

#include "base/hex.h"

namespace eulerpublisher {

Result<Digest> Digest::parse(std::string_view text) {
  size_t colon = text.find(':');
  std::string_view algorithm = text.substr(0, colon);
  std::string_view hex = colon == text.npos ? std::string_view{} : text.substr(colon + 1);
  size_t length = algorithm == "sha256" ? 64 : algorithm == "sha512" ? 128 : 0;
  if (length == 0 || hex.size() != length || !is_hex(hex))
    return invalid("'{}' is not a digest (sha256: and 64 lower-case hexadecimal digits)", text.substr(0, 160));
  return Digest(std::string(text), colon);
}

Result<Digest> Digest::sha256(std::string_view hex) {
  std::string folded(hex);
  std::ranges::transform(folded, folded.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return parse("sha256:" + folded);
}

Digest digest_of(std::string_view bytes) {
  std::array<unsigned char, SHA256_DIGEST_LENGTH> sum;
  SHA256(reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(), sum.data());
  return *Digest::sha256(to_hex(std::as_bytes(std::span(sum))));
}

}  // namespace eulerpublisher
