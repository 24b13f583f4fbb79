#include "stream/hashing.h"

#include <array>

#include "base/hex.h"

namespace eulerpublisher {

Sha256::Sha256() : context_(EVP_MD_CTX_new()) { EVP_DigestInit_ex(context_.get(), EVP_sha256(), nullptr); }

void Sha256::update(Bytes bytes) { EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size()); }

Digest Sha256::digest() {
  std::array<unsigned char, 32> sum{};
  EVP_DigestFinal_ex(context_.get(), sum.data(), nullptr);
  return *Digest::sha256(to_hex(std::as_bytes(std::span(sum))));
}

Done Hashing::write(Bytes bytes) {
  hash_.update(bytes);
  size_ += bytes.size();
  return next_.write(bytes);
}

Done Hashing::finish() {
  digest_ = hash_.digest();
  return next_.finish();
}

Done Verifying::write(Bytes bytes) {
  seen_ += bytes.size();
  if (size_ && seen_ > *size_) return corrupt("more than the {} bytes it should have", *size_);
  hash_.update(bytes);
  return next_.write(bytes);
}

Done Verifying::finish() {
  if (size_ && seen_ != *size_) return corrupt("{} bytes instead of {}", seen_, *size_);
  Digest digest = hash_.digest();
  if (digest != expected_) return corrupt("its digest is {}, not {}", digest.text(), expected_.text());
  return next_.finish();
}

}  // namespace eulerpublisher
