#include "http/body_feed.h"

#include <algorithm>
#include <thread>
#include <vector>

#include "base/guarded.h"

namespace eulerpublisher::http {
namespace {

constexpr size_t piece_size = 256 * 1024;

// A source cut to the body's length.  A source that ends too early is an error: the length was promised.
class Part {
 public:
  Part(std::unique_ptr<Source> source, std::optional<uint64_t> length)
      : source_(std::move(source)), left_(length) {}

  Result<size_t> read(std::span<std::byte> room) {
    if (left_) room = room.first(static_cast<size_t>(std::min<uint64_t>(room.size(), *left_)));
    if (room.empty()) return 0;
    size_t count = TRY(source_->read(room));
    if (left_ && count == 0) return corrupt("the content to be sent ends {} bytes too early", *left_);
    if (left_) *left_ -= count;
    return count;
  }

 private:
  std::unique_ptr<Source> source_;
  std::optional<uint64_t> left_;
};

// For blobs that are whole: reading them does not wait for anybody.
class DirectFeed : public BodyFeed {
 public:
  explicit DirectFeed(Part part) : part_(std::move(part)) {}

  Result<State> read(std::span<std::byte> room, size_t& filled) override {
    filled = TRY(part_.read(room));
    return filled == 0 ? State::end : State::bytes;
  }
  bool ready() override { return true; }

 private:
  Part part_;
};

// For blobs that grow: a thread keeps one piece ahead.
class ThreadFeed : public BodyFeed {
 public:
  ThreadFeed(Part part, std::stop_source stop, std::function<void()> wake)
      : part_(std::move(part)),
        stop_(std::move(stop)),
        wake_(std::move(wake)),
        thread_([this] { fetch(); }) {}

  ~ThreadFeed() override {
    stop_.request_stop();
    thread_.join();
  }

  Result<State> read(std::span<std::byte> room, size_t& filled) override {
    filled = 0;
    auto shared = shared_.lock();
    if (shared->used == shared->piece.size()) {
      if (shared->error) return *shared->error;
      return shared->ended ? State::end : State::waiting;
    }
    auto rest = std::span(shared->piece).subspan(shared->used);
    filled = std::min(rest.size(), room.size());
    std::copy_n(rest.begin(), filled, room.begin());
    shared->used += filled;
    if (shared->used == shared->piece.size()) shared.notify();
    return State::bytes;
  }

  bool ready() override {
    auto shared = shared_.lock();
    return shared->used < shared->piece.size() || shared->ended || shared->error;
  }

 private:
  struct Shared {
    std::vector<std::byte> piece;
    size_t used = 0;
    bool ended = false;
    std::optional<Error> error;
  };

  void fetch() {
    std::vector<std::byte> next;
    while (true) {
      next.resize(piece_size);
      Result<size_t> count = part_.read(next);
      next.resize(count.value_or(0));
      bool last = next.empty();
      {
        auto shared = shared_.lock();
        if (!shared.wait(stop_.get_token(), [](Shared& s) { return s.used == s.piece.size(); })) return;
        shared->piece.swap(next);
        shared->used = 0;
        if (!count.has_value()) shared->error = count.error();
        shared->ended = last;
      }
      wake_();
      if (last) return;
    }
  }

  Part part_;
  std::stop_source stop_;
  std::function<void()> wake_;
  Guarded<Shared> shared_;
  std::thread thread_;
};

// A ThreadFeed ends its source's waiting when it goes, and when the request is stopped.
class StoppedFeed : public BodyFeed {
 public:
  StoppedFeed(Part part, std::stop_source source, std::stop_token outer, std::function<void()> wake)
      : feed_(std::move(part), source, std::move(wake)),
        callback_(std::move(outer), [source]() mutable { source.request_stop(); }) {}
  Result<State> read(std::span<std::byte> room, size_t& filled) override { return feed_.read(room, filled); }
  bool ready() override { return feed_.ready(); }

 private:
  ThreadFeed feed_;
  std::stop_callback<std::function<void()>> callback_;
};

}  // namespace

std::optional<uint64_t> length_of(const Body& body) {
  if (body.length) return body.length;
  auto descriptor = body.blob->descriptor();
  if (!descriptor) return std::nullopt;
  return descriptor->size - std::min(descriptor->size, body.offset);
}

Result<std::unique_ptr<BodyFeed>> BodyFeed::open(const Body& body, std::stop_token stop,
                                                 std::function<void()> wake) {
  std::optional<uint64_t> length = length_of(body);
  if (body.blob->descriptor()) {
    auto source = TRY(body.blob->open(body.offset, stop));
    return std::make_unique<DirectFeed>(Part(std::move(source), length));
  }
  std::stop_source own;
  auto source = TRY(body.blob->open(body.offset, own.get_token()));
  return std::make_unique<StoppedFeed>(Part(std::move(source), length), own, std::move(stop),
                                       std::move(wake));
}

}  // namespace eulerpublisher::http
