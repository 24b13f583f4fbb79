#include "registry/remote_blob.h"

#include <algorithm>
#include <cstring>
#include <functional>
#include <thread>
#include <utility>

#include "base/guarded.h"
#include "registry/refusal.h"

namespace eulerpublisher {
namespace {

constexpr size_t ahead = 1 << 20;
constexpr int most_cuts = 100;

// What the thread that fetches has for the one that reads.
struct Pipe {
  std::string bytes;
  size_t taken = 0;  // of `bytes`
  bool begun = false;
  bool ended = false;
  std::optional<Error> failed;
};

// What arrives goes into the pipe, but for the bytes before `skip`.
class IntoPipe : public Sink {
 public:
  IntoPipe(Guarded<Pipe>& pipe, uint64_t room, std::stop_token stop)
      : pipe_(pipe), room_(room), stop_(std::move(stop)) {}

  void begin(uint64_t skip) { skip_ = skip; }
  uint64_t passed() const { return passed_; }

  Done write(Bytes bytes) override {
    size_t skipped = std::min<uint64_t>(skip_, bytes.size());
    skip_ -= skipped;
    bytes = bytes.subspan(skipped);
    if (bytes.size() > room_ - passed_) return corrupt("it is longer than its descriptor says");
    passed_ += bytes.size();
    if (bytes.empty()) return {};
    auto pipe = pipe_.lock();
    if (!pipe.wait(stop_, [](const Pipe& now) { return now.bytes.size() - now.taken < ahead; }))
      return cancelled("nobody reads it any more");
    // A reader that never catches up leaves behind itself what it has read.
    if (pipe->taken >= ahead) pipe->bytes.erase(0, std::exchange(pipe->taken, 0));
    pipe->bytes.append(as_text(bytes));
    pipe.notify();
    return {};
  }
  Done finish() override { return {}; }

 private:
  Guarded<Pipe>& pipe_;
  uint64_t room_;  // bytes that may come
  std::stop_token stop_;
  uint64_t skip_ = 0;
  uint64_t passed_ = 0;
};

class RemoteBlob : public Source {
 public:
  RemoteBlob(std::shared_ptr<Registry> registry, const RepositoryName& repository, Descriptor blob,
             uint64_t offset, std::stop_token stop)
      : registry_(std::move(registry)),
        repository_(repository),
        blob_(std::move(blob)),
        offset_(offset),
        outer_(std::move(stop), [this] { stop_.request_stop(); }),
        thread_([this] { fetch(); }) {}

  ~RemoteBlob() override {
    stop_.request_stop();
    thread_.join();
  }

  Done wait_for_beginning() {
    auto pipe = pipe_.lock();
    bool ready = pipe.wait(stop_.get_token(), [](const Pipe& now) { return now.begun || now.failed; });
    if (!ready) return cancelled("stopped while waiting for {}", blob_.digest.brief());
    if (!pipe->begun) return *pipe->failed;
    return {};
  }

  Result<size_t> read(std::span<std::byte> room) override {
    auto pipe = pipe_.lock();
    bool ready = pipe.wait(stop_.get_token(), [](const Pipe& now) {
      return now.taken < now.bytes.size() || now.ended || now.failed;
    });
    if (!ready) return cancelled("stopped while waiting for {}", blob_.digest.brief());
    size_t count = std::min(room.size(), pipe->bytes.size() - pipe->taken);
    if (count == 0 && pipe->failed) return *pipe->failed;
    std::memcpy(room.data(), pipe->bytes.data() + pipe->taken, count);
    pipe->taken += count;
    if (pipe->taken == pipe->bytes.size()) {
      pipe->bytes.clear();
      pipe->taken = 0;
    }
    pipe.notify();
    return count;
  }

 private:
  std::string where() const { return registry_->host().text() + "/" + repository_.text(); }

  void fetch() {
    IntoPipe sink(pipe_, blob_.size - offset_, stop_.get_token());
    Done done = offset_ < blob_.size ? fetch_all(sink) : Done{};
    auto pipe = pipe_.lock();
    if (done) {
      pipe->begun = pipe->ended = true;
    } else {
      pipe->failed = std::move(done).error();
    }
    pipe.notify();
  }

  // An answer that has brought something and was cut goes on where it ended.  What failed before it brought
  // anything has been tried often enough by whoever sends.
  Done fetch_all(IntoPipe& sink) {
    for (int cut = 0;; ++cut) {
      uint64_t before = sink.passed();
      Done fetched = fetch_once(sink);
      if (offset_ + sink.passed() == blob_.size) return {};
      bool passing = fetched || fetched.error().kind() == ErrorKind::unavailable;
      if (passing && sink.passed() > before && cut < most_cuts) continue;
      if (!fetched) return fetched;
      return unavailable("{}: reading {} ended after {} of {} bytes; try again", where(),
                         blob_.digest.brief(), offset_ + sink.passed(), blob_.size);
    }
  }

  Done fetch_once(IntoPipe& sink) {
    uint64_t start = offset_ + sink.passed();
    http::Request get;
    get.url = registry_->url(repository_.text() + "/blobs/" + blob_.digest.text()).text();
    get.redirects = 5;
    get.purpose = "reading a blob";
    get.scopes = {"repository:" + repository_.text() + ":pull"};
    get.into = &sink;
    if (start > 0) get.headers.set("Range", fmt::format("bytes={}-", start));
    get.on_head = [&](const http::Response& head) -> Done {
      if (!head.ok()) return {};
      // A registry that does not know Range sends everything.
      if (head.status != 206)
        sink.begin(start);
      else
        TRY(check_range(head, start));
      auto pipe = pipe_.lock();
      pipe->begun = true;
      pipe.notify();
      return {};
    };
    auto response = registry_->send(get, stop_.get_token());
    if (!response) {
      response.error().wrap(fmt::format("{}: reading {}", where(), blob_.digest.brief()));
      return std::move(response).error();
    }
    if (response->ok()) return {};
    return refusal(*response, where(), "reading " + blob_.digest.brief());
  }

  Done check_range(const http::Response& head, uint64_t start) const {
    auto range = head.headers.get("Content-Range").value_or("");
    if (range.starts_with(fmt::format("bytes {}-", start))) return {};
    return corrupt("it answers with '{}' where bytes from {} on were asked for", printable(range, 80), start);
  }

  std::shared_ptr<Registry> registry_;
  RepositoryName repository_;
  Descriptor blob_;
  uint64_t offset_;
  std::stop_source stop_;
  std::stop_callback<std::function<void()>> outer_;
  Guarded<Pipe> pipe_;
  std::thread thread_;  // last: it uses all the others
};

}  // namespace

Result<std::unique_ptr<Source>> open_remote_blob(std::shared_ptr<Registry> registry,
                                                 const RepositoryName& repository, const Descriptor& blob,
                                                 uint64_t offset, std::stop_token stop) {
  if (offset > blob.size)
    return invalid("{} has {} bytes and cannot be read from {} on", blob.digest.brief(), blob.size, offset);
  auto source = std::make_unique<RemoteBlob>(std::move(registry), repository, blob, offset, std::move(stop));
  TRY(source->wait_for_beginning());
  return source;
}

}  // namespace eulerpublisher
