#pragma once

#include <cstdlib>
#include <memory>
#include <stop_token>
#include <vector>

#include "base/guarded.h"
#include "stream/stream.h"

namespace eulerpublisher {

// A piece of a stream in a buffer of its own: filled by one thread, then shared without being copied.
class Chunk {
 public:
  explicit Chunk(size_t capacity);
  std::span<std::byte> room() { return {memory_.get() + size_, capacity_ - size_}; }
  std::span<std::byte> all() { return {memory_.get(), capacity_}; }
  void grow(size_t bytes) { size_ += bytes; }
  void resize(size_t bytes) { size_ = bytes; }
  bool full() const { return size_ == capacity_; }
  size_t size() const { return size_; }
  Bytes bytes() const { return {memory_.get(), size_}; }

 private:
  struct Free {
    void operator()(std::byte* memory) const { std::free(memory); }
  };
  std::unique_ptr<std::byte, Free> memory_;
  size_t capacity_;
  size_t size_ = 0;
};

// A fixed number of chunks that are used again and again.  Whoever wants one more waits until another is no
// longer needed; so memory is bounded, and a stage that is behind holds back the stages before it.  Safe from
// any thread. Chunks may outlive the pool's owner.
class ChunkPool : public std::enable_shared_from_this<ChunkPool> {
 public:
  static std::shared_ptr<ChunkPool> make(size_t capacity, size_t most);
  // An empty chunk, which returns to the pool with its last user; `cancelled` when `stop` is asked for first.
  Result<std::shared_ptr<Chunk>> take(std::stop_token stop);

 private:
  ChunkPool(size_t capacity, size_t most) : capacity_(capacity), most_(most) {}
  struct State {
    std::vector<std::unique_ptr<Chunk>> free;
    size_t made = 0;
  };
  size_t capacity_;
  size_t most_;
  Guarded<State> state_;
};

}  // namespace eulerpublisher
