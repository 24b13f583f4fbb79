#include "http/retrying.h"

#include <curl/curl.h>

#include <algorithm>
#include <atomic>
#include <charconv>
#include <cmath>

#include "base/log.h"
#include "http/url.h"

namespace eulerpublisher::http {
namespace {

using std::chrono::milliseconds;

// Passes a request's own parts on and remembers whether one of them failed or took bytes: then sending again
// is not for us to decide.
class Touched {
 public:
  explicit Touched(const Request& request) : request_(request), sink_(*this), blob_(*this) {}

  Request watched() {
    Request copy = request_;
    if (copy.into) copy.into = &sink_;
    if (copy.body) copy.body->blob = &blob_;
    if (copy.on_head) copy.on_head = [this](const Response& head) { return noted(request_.on_head(head)); };
    return copy;
  }
  bool is() const { return touched_; }

 private:
  Done noted(Done done) {
    if (!done.has_value()) touched_ = true;
    return done;
  }

  class WatchedSink : public Sink {
   public:
    explicit WatchedSink(Touched& touched) : touched_(touched) {}
    Done write(Bytes bytes) override {
      touched_.touched_ = true;
      return touched_.request_.into->write(bytes);
    }
    Done finish() override { return touched_.request_.into->finish(); }

   private:
    Touched& touched_;
  };

  class WatchedSource : public Source {
   public:
    WatchedSource(std::unique_ptr<Source> source, std::atomic<bool>& touched)
        : source_(std::move(source)), touched_(touched) {}
    Result<size_t> read(std::span<std::byte> room) override {
      auto count = source_->read(room);
      if (!count.has_value()) touched_ = true;
      return count;
    }

   private:
    std::unique_ptr<Source> source_;
    std::atomic<bool>& touched_;
  };

  class WatchedBlob : public Blob {
   public:
    explicit WatchedBlob(Touched& touched) : touched_(touched) {}
    std::optional<Descriptor> descriptor() const override {
      return touched_.request_.body->blob->descriptor();
    }
    Result<std::unique_ptr<Source>> open(uint64_t offset, std::stop_token stop) const override {
      auto source = touched_.request_.body->blob->open(offset, std::move(stop));
      if (!source.has_value()) {
        touched_.touched_ = true;
        return source;
      }
      return std::make_unique<WatchedSource>(std::move(*source), touched_.touched_);
    }

   private:
    Touched& touched_;
  };

  const Request& request_;
  std::atomic<bool> touched_ = false;  // a growing body is read by another thread
  WatchedSink sink_;
  WatchedBlob blob_;
};

bool may_pass(const Result<Response>& outcome) {
  return outcome.has_value() ? is_passing(outcome->status) : outcome.error().kind() == ErrorKind::unavailable;
}

Result<Response> after_tries(Result<Response> outcome, int tries) {
  if (outcome.has_value() || tries == 1) return outcome;
  return Error(outcome.error().kind(), fmt::format("{} after {} tries", outcome.error().text(), tries));
}

std::string told(const Result<Response>& outcome, const Request& request, const Url& url) {
  if (!outcome.has_value()) return outcome.error().text();
  return fmt::format("{} {}: {}", request.method, url.shown(), outcome->status);
}

double in_seconds(milliseconds time) { return static_cast<double>(time.count()) / 1000.0; }

}  // namespace

bool is_passing(int status) {
  return status == 408 || status == 425 || status == 429 || (status >= 500 && status < 600 && status != 501);
}

std::optional<milliseconds> retry_after(const Response& response, Instant now) {
  constexpr int64_t longest_wait = 1'000'000'000;  // seconds; far beyond what anybody waits for
  auto value = response.headers.get("Retry-After");
  if (!value || value->empty() || value->size() > 64) return std::nullopt;
  if (std::ranges::all_of(*value, [](char c) { return c >= '0' && c <= '9'; })) {
    int64_t seconds = 0;
    auto [end, problem] = std::from_chars(value->data(), value->data() + value->size(), seconds);
    if (problem != std::errc()) seconds = longest_wait;
    return std::chrono::seconds(std::min(seconds, longest_wait));
  }
  time_t date = curl_getdate(value->c_str(), nullptr);
  if (date == -1) return std::nullopt;
  int64_t seconds = int64_t{date} - std::chrono::system_clock::to_time_t(now);
  return std::chrono::seconds(std::clamp(seconds, int64_t{0}, longest_wait));
}

Retrying::Host& Retrying::host(std::map<std::string, Host>& hosts, const std::string& origin) {
  Instant now = clock_.now();
  auto [found, is_new] = hosts.try_emplace(origin, Host{rules_.budget, now, {}});
  Host& host = found->second;
  double seconds = std::chrono::duration<double>(now - host.counted).count();
  host.budget = std::min(rules_.budget, host.budget + std::max(0.0, seconds) / 10);
  host.counted = now;
  return host;
}

bool Retrying::take_from_budget(const std::string& origin) {
  auto hosts = hosts_.lock();
  Host& asked = host(*hosts, origin);
  if (asked.budget < 1) return false;
  asked.budget -= 1;
  return true;
}

void Retrying::succeeded(const std::string& origin) {
  auto hosts = hosts_.lock();
  Host& asked = host(*hosts, origin);
  asked.budget = std::min(rules_.budget, asked.budget + 0.5);
}

milliseconds Retrying::pause_of(const std::string& origin) {
  auto hosts = hosts_.lock();
  Host& asked = host(*hosts, origin);
  return std::chrono::ceil<milliseconds>(std::max(asked.not_before - clock_.now(), Instant::duration(0)));
}

milliseconds Retrying::wait_before(int next_try) {
  double wait = static_cast<double>(rules_.first_wait.count()) * std::exp2(next_try - 2);
  wait = std::min(wait, static_cast<double>(rules_.longest_wait.count()));
  return milliseconds(std::llround(wait * (0.75 + 0.5 * random_.unit())));
}

Result<Response> Retrying::send(const Request& request, std::stop_token stop) {
  Url url = TRY(Url::parse(request.url));
  const std::string origin = url.origin();
  bool repeatable = request.repeatable && request.method != "PATCH";
  Touched touched(request);
  const Request watched = touched.watched();
  for (int tries = 1;; ++tries) {
    if (milliseconds pause = pause_of(origin); pause.count() > 0) TRY(clock_.sleep(pause, stop));
    Result<Response> outcome = next_.send(watched, stop);
    if (!may_pass(outcome)) {
      if (outcome.has_value()) succeeded(origin);
      return after_tries(std::move(outcome), tries);
    }
    milliseconds wait = wait_before(tries + 1);
    if (outcome.has_value()) {
      if (auto asked = retry_after(*outcome, clock_.now())) {
        if (*asked > rules_.patience) return outcome;
        wait = std::max(wait, *asked);
        if (outcome->status == 429) {
          auto hosts = hosts_.lock();
          Host& busy = host(*hosts, origin);
          busy.not_before = std::max(busy.not_before, clock_.now() + *asked);
        }
      }
    }
    if (!repeatable || touched.is() || tries >= rules_.tries) return after_tries(std::move(outcome), tries);
    if (!take_from_budget(origin)) {
      log_info("{}; not tried again, since {} has failed too often", told(outcome, request, url),
               url.host_and_port());
      return after_tries(std::move(outcome), tries);
    }
    log_info("{}; trying again in {:.1f} s (try {} of {})", told(outcome, request, url), in_seconds(wait),
             tries + 1, rules_.tries);
    TRY(clock_.sleep(wait, stop));
    ++repetitions_;
  }
}

}  // namespace eulerpublisher::http
