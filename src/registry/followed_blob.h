#pragma once

#include <algorithm>

#include "base/guarded.h"
#include "stream/stream.h"

namespace eulerpublisher {

// A blob that remembers how far it has been read and whether its own source failed, so that whoever sends it
// can tell a blob that cannot be read from a connection that was cut.
class FollowedBlob : public Blob {
 public:
  explicit FollowedBlob(const Blob& inner) : inner_(inner) {}

  std::optional<Descriptor> descriptor() const override { return inner_.descriptor(); }
  Result<std::unique_ptr<Source>> open(uint64_t offset, std::stop_token stop) const override {
    auto source = inner_.open(offset, std::move(stop));
    if (!source) return failed(std::move(source).error());
    seen_.lock()->reached = offset;
    return std::make_unique<Following>(std::move(*source), *this);
  }

  // Where the last reader is; 0 when nobody has read since forget().
  uint64_t reached() const { return seen_.lock()->reached; }
  void forget() { seen_.lock()->reached = 0; }
  std::optional<Error> failure() const { return seen_.lock()->failure; }

 private:
  struct Seen {
    uint64_t reached = 0;
    std::optional<Error> failure;
  };
  class Following : public Source {
   public:
    Following(std::unique_ptr<Source> inner, const FollowedBlob& blob)
        : inner_(std::move(inner)), blob_(blob) {}
    Result<size_t> read(std::span<std::byte> room) override {
      auto count = inner_->read(room);
      if (!count) return blob_.failed(std::move(count).error());
      blob_.seen_.lock()->reached += *count;
      return count;
    }

   private:
    std::unique_ptr<Source> inner_;
    const FollowedBlob& blob_;
  };

  Error failed(Error error) const {
    // An answer in mid-upload ends the reading too, and is no failure of the blob.
    if (error.kind() != ErrorKind::cancelled) seen_.lock()->failure = error;
    return error;
  }

  const Blob& inner_;
  mutable Guarded<Seen> seen_;
};

}  // namespace eulerpublisher
