#include "stream/chunk.h"

#include <new>

namespace eulerpublisher {

namespace {
constexpr size_t page = 4096;
}

Chunk::Chunk(size_t capacity) : capacity_(capacity) {
  size_t whole_pages = (capacity + page - 1) / page * page;
  memory_.reset(static_cast<std::byte*>(std::aligned_alloc(page, whole_pages)));
  if (!memory_) throw std::bad_alloc();
}

std::shared_ptr<ChunkPool> ChunkPool::make(size_t capacity, size_t most) {
  return std::shared_ptr<ChunkPool>(new ChunkPool(capacity, most));
}

Result<std::shared_ptr<Chunk>> ChunkPool::take(std::stop_token stop) {
  std::unique_ptr<Chunk> chunk;
  {
    auto state = state_.lock();
    bool ready = state.wait(std::move(stop),
                            [this](const State& state) { return !state.free.empty() || state.made < most_; });
    if (!ready) return cancelled("stopped while waiting for a buffer");
    if (state->free.empty()) {
      chunk = std::make_unique<Chunk>(capacity_);
      ++state->made;
    } else {
      chunk = std::move(state->free.back());
      state->free.pop_back();
    }
  }
  chunk->resize(0);
  return std::shared_ptr<Chunk>(chunk.release(), [pool = shared_from_this()](Chunk* chunk) {
    auto state = pool->state_.lock();
    state->free.emplace_back(chunk);
    state.notify();
  });
}

}  // namespace eulerpublisher
