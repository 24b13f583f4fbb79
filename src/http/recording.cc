#include "http/recording.h"

#include <atomic>

#include "base/log.h"
#include "http/url.h"

namespace eulerpublisher::http {
namespace {

class CountingSink : public Sink {
 public:
  explicit CountingSink(Sink* next) : next_(next) {}
  Done write(Bytes bytes) override {
    count_ += bytes.size();
    return next_->write(bytes);
  }
  Done finish() override { return next_->finish(); }
  uint64_t count() const { return count_; }

 private:
  Sink* next_;
  uint64_t count_ = 0;
};

class CountingSource : public Source {
 public:
  CountingSource(std::unique_ptr<Source> next, std::atomic<uint64_t>& count)
      : next_(std::move(next)), count_(count) {}
  Result<size_t> read(std::span<std::byte> room) override {
    auto read = next_->read(room);
    if (read.has_value()) count_ += *read;
    return read;
  }

 private:
  std::unique_ptr<Source> next_;
  std::atomic<uint64_t>& count_;
};

class CountingBlob : public Blob {
 public:
  explicit CountingBlob(const Blob* next) : next_(next) {}
  std::optional<Descriptor> descriptor() const override { return next_->descriptor(); }
  Result<std::unique_ptr<Source>> open(uint64_t offset, std::stop_token stop) const override {
    auto source = TRY(next_->open(offset, std::move(stop)));
    return std::make_unique<CountingSource>(std::move(source), count_);
  }
  uint64_t count() const { return count_; }

 private:
  const Blob* next_;
  mutable std::atomic<uint64_t> count_ = 0;  // a growing blob is read by a thread of its own
};

}  // namespace

uint64_t Traffic::all_requests() const {
  uint64_t sum = 0;
  for (const auto& [method, count] : requests) sum += count;
  return sum;
}

Result<Response> Recording::send(const Request& request, std::stop_token stop) {
  Url url = TRY(Url::parse(request.url));
  Request counted = request;
  CountingSink sink(request.into);
  CountingBlob blob(request.body ? request.body->blob : nullptr);
  if (counted.into) counted.into = &sink;
  if (counted.body) counted.body->blob = &blob;
  Result<Response> outcome = next_.send(counted, std::move(stop));
  int status = outcome.has_value() ? outcome->status : 0;
  uint64_t received = sink.count() + (outcome.has_value() ? outcome->body.size() : 0);
  {
    auto traffic = traffic_.lock();
    Traffic& host = (*traffic)[url.host_and_port()];
    ++host.requests[request.method];
    ++host.answers[status];
    host.bytes_sent += blob.count();
    host.bytes_received += received;
  }
  if (outcome.has_value())
    log_debug("{} {}: {}, {} bytes sent, {} received", request.method, url.shown(), status, blob.count(),
              received);
  else
    log_debug("{}", outcome.error().text());
  return outcome;
}

std::map<std::string, Traffic> Recording::traffic() { return *traffic_.lock(); }

}  // namespace eulerpublisher::http
