#pragma once

#include <openssl/evp.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <utility>

#include "oci/digest.h"
#include "stream/stream.h"

namespace eulerpublisher {

// A running sha256, by OpenSSL, which uses the processor's own instructions where there are some.
class Sha256 {
 public:
  Sha256();
  void update(Bytes bytes);
  // Ends it; call once.
  Digest digest();

 private:
  struct Free {
    void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
  };
  std::unique_ptr<EVP_MD_CTX, Free> context_;
};

// Passes bytes through as they are read, and tells their digest.
class HashingSource : public Source {
 public:
  // Reading ends with `cancelled` when `stop` is asked for.  `inner` outlives it.
  explicit HashingSource(Source& inner, std::stop_token stop = {}) : inner_(inner), stop_(std::move(stop)) {}
  Result<size_t> read(std::span<std::byte> room) override;
  uint64_t bytes_read() const { return read_; }
  // Of the whole: reads what has not been read.  Call once.
  Result<Digest> digest();

 private:
  Source& inner_;
  std::stop_token stop_;
  Sha256 hash_;
  uint64_t read_ = 0;
};

// Passes bytes on and tells, once finished, their digest and number.
class Hashing : public Sink {
 public:
  explicit Hashing(Sink& next) : next_(next) {}
  Done write(Bytes bytes) override;
  Done finish() override;
  // Valid after finish().
  const Digest& digest() const { return *digest_; }
  uint64_t size() const { return size_; }

 private:
  Sink& next_;
  Sha256 hash_;
  uint64_t size_ = 0;
  std::optional<Digest> digest_;
};

// Passes bytes on, and the end only if digest and size are the expected ones; else `corrupt`.
class Verifying : public Sink {
 public:
  Verifying(Digest digest, std::optional<uint64_t> size, Sink& next)
      : expected_(std::move(digest)), size_(size), next_(next) {}
  Done write(Bytes bytes) override;
  Done finish() override;

 private:
  Digest expected_;
  std::optional<uint64_t> size_;
  Sink& next_;
  Sha256 hash_;
  uint64_t seen_ = 0;
};

}  // namespace eulerpublisher
