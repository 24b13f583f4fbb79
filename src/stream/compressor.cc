#include "stream/compressor.h"

#include <algorithm>
#include <cstring>
#include <deque>
#include <optional>

namespace eulerpublisher {

struct Compressor::Job {
  std::shared_ptr<const Chunk> piece;
  std::shared_ptr<Chunk> result;
  bool ready = false;
};

struct Compressor::Shared {
  explicit Shared(Sink& sink) : out(sink) {}

  struct State {
    std::deque<std::shared_ptr<Job>> queue;  // in the order of the stream, ready or not
    bool writing = false;
    bool abandoned = false;
    std::optional<Error> failed;
    bool idle() const { return !writing && (queue.empty() || failed.has_value()); }
  };

  void complete(Job& job, Done compressed);
  void fail(State& state, Error error) {
    if (!state.failed) state.failed = std::move(error);
    state.queue.clear();
  }

  Sink& out;
  Guarded<State> state;
};

// The piece is compressed.  Writes what can be written now, unless another worker is at it.
void Compressor::Shared::complete(Job& job, Done compressed) {
  auto lock = std::make_optional(state.lock());
  job.ready = true;
  if (!compressed) fail(**lock, std::move(compressed).error());
  if ((*lock)->writing) return;
  while (!(*lock)->abandoned && !(*lock)->queue.empty() && (*lock)->queue.front()->ready) {
    std::shared_ptr<Job> next = std::move((*lock)->queue.front());
    (*lock)->queue.pop_front();
    (*lock)->writing = true;
    lock.reset();
    Done written = out.write(next->result->bytes());
    next.reset();
    lock.emplace(state.lock());
    (*lock)->writing = false;
    if (!written) fail(**lock, std::move(written).error());
  }
  lock->notify();
}

Compressor::Compressor(const PieceCodec& codec, Workers& workers, std::shared_ptr<ChunkPool> results,
                       Sink& out, std::stop_token stop)
    : codec_(codec),
      workers_(workers),
      results_(std::move(results)),
      stop_(std::move(stop)),
      shared_(std::make_shared<Shared>(out)) {}

Compressor::~Compressor() {
  auto state = shared_->state.lock();
  state->abandoned = true;
  state->queue.clear();
  state.wait({}, [](const Shared::State& state) { return !state.writing; });
}

Done Compressor::add(std::shared_ptr<const Chunk> piece) {
  empty_ = false;
  auto job = std::make_shared<Job>();
  job->piece = std::move(piece);
  job->result = TRY(results_->take(stop_));
  {
    auto state = shared_->state.lock();
    if (state->failed) return *state->failed;
    state->queue.push_back(job);
  }
  workers_.add([job = std::move(job), shared = shared_, &codec = codec_] {
    if (shared->state.lock()->abandoned) return;
    Result<size_t> size = codec.compress(job->piece->bytes(), job->result->all());
    job->piece.reset();
    if (size) job->result->resize(*size);
    shared->complete(*job, size ? Done{} : Done(std::move(size).error()));
  });
  return {};
}

Done Compressor::finish() {
  if (empty_) TRY(add(std::make_shared<Chunk>(1)));
  {
    auto state = shared_->state.lock();
    if (!state.wait(stop_, [](const Shared::State& state) { return state.idle(); }))
      return cancelled("stopped while compressing");
    if (state->failed) return *state->failed;
  }
  return shared_->out.finish();
}

size_t pieces_in_flight(const PieceCodec& codec, const Workers& workers) {
  // Small pieces are cheap to have in store for the moment when a writer waits for the disk; large ones are
  // not.
  return workers.count() + (codec.piece() > (1 << 20) ? 1 : 4);
}

Compressing::Compressing(const PieceCodec& codec, Workers& workers, Sink& out, std::stop_token stop)
    : pieces_(ChunkPool::make(codec.piece(), pieces_in_flight(codec, workers))),
      stop_(stop),
      compressor_(codec, workers, ChunkPool::make(codec.bound(), pieces_in_flight(codec, workers)), out,
                  stop) {}

Done Compressing::write(Bytes bytes) {
  while (!bytes.empty()) {
    if (!filling_) filling_ = TRY(pieces_->take(stop_));
    size_t count = std::min(bytes.size(), filling_->room().size());
    std::memcpy(filling_->room().data(), bytes.data(), count);
    filling_->grow(count);
    bytes = bytes.subspan(count);
    if (filling_->full()) TRY(compressor_.add(std::move(filling_)));
  }
  return {};
}

Done Compressing::finish() {
  if (filling_) TRY(compressor_.add(std::move(filling_)));
  return compressor_.finish();
}

}  // namespace eulerpublisher
