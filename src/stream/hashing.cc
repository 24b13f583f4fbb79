#include "stream/hashing.h"

#include <array>
#include <cstdlib>

#include "base/hex.h"

namespace eulerpublisher {

Sha256::Sha256() : context_(EVP_MD_CTX_new()) {
  // Fails only without memory, or with an OpenSSL that has no sha256: nothing here could go on then.
  if (!context_ || EVP_DigestInit_ex(context_.get(), EVP_sha256(), nullptr) != 1) std::abort();
}

void Sha256::update(Bytes bytes) { EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size()); }

Digest Sha256::digest() {
  std::array<std::byte, EVP_MAX_MD_SIZE> value;
  unsigned length = 0;
  EVP_DigestFinal_ex(context_.get(), reinterpret_cast<unsigned char*>(value.data()), &length);
  return *Digest::sha256(to_hex(std::span(value).first(length)));
}

Result<size_t> HashingSource::read(std::span<std::byte> room) {
  if (stop_.stop_requested()) return cancelled("stopped while reading");
  size_t count = TRY(inner_.read(room));
  hash_.update(room.first(count));
  read_ += count;
  return count;
}

Result<Digest> HashingSource::digest() {
  std::vector<std::byte> buffer(256 << 10);
  while (TRY(read(buffer)) > 0) {
  }
  return hash_.digest();
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
  if (size_ && seen_ > *size_)
    return corrupt("more than the {} bytes that {} has", *size_, expected_.brief());
  hash_.update(bytes);
  return next_.write(bytes);
}

Done Verifying::finish() {
  if (size_ && seen_ != *size_) return corrupt("{} bytes where {} has {}", seen_, expected_.brief(), *size_);
  Digest found = hash_.digest();
  if (found != expected_)
    return corrupt("the content is {}, not {} as it should be", found.text(), expected_.text());
  return next_.finish();
}

}  // namespace eulerpublisher
