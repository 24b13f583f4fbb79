#include "upstream/download.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include "base/log.h"
#include "upstream/release_repository.h"
#include "upstream/release_source.h"

namespace eulerpublisher {
namespace {

constexpr int redirects = 5;
constexpr std::chrono::milliseconds first_wait{500};
constexpr std::chrono::milliseconds longest_wait{60'000};
// A server may ask for more patience than we would have by ourselves, up to this.
constexpr std::chrono::seconds longest_asked_wait{300};

std::optional<uint64_t> number(std::string_view text) {
  uint64_t value = 0;
  auto [stopped, failed] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || failed != std::errc() || stopped != text.data() + text.size()) return std::nullopt;
  return value;
}

// `bytes 100-199/200`, `bytes 100-199/*` or, in a 416, `bytes */200`.
struct ContentRange {
  std::optional<uint64_t> first;
  std::optional<uint64_t> total;
};

std::optional<ContentRange> parse_content_range(std::string_view text) {
  if (!text.starts_with("bytes ")) return std::nullopt;
  text.remove_prefix(6);
  size_t slash = text.find('/');
  if (slash == text.npos) return std::nullopt;
  std::string_view range = text.substr(0, slash), total = text.substr(slash + 1);
  ContentRange parsed{std::nullopt, number(total)};
  if (!parsed.total && total != "*") return std::nullopt;
  if (range == "*") return parsed;
  size_t dash = range.find('-');
  parsed.first = number(range.substr(0, dash));
  if (dash == range.npos || !parsed.first || !number(range.substr(dash + 1))) return std::nullopt;
  return parsed;
}

// One download over all its attempts.  It is the sink of each answer, and judges each answer's head.
class Download : public Sink {
 public:
  Download(http::Client& client, const std::string& url, Spool& spool, Transfer& progress)
      : client_(client), url_(url), spool_(spool), progress_(progress) {}

  // One request.  Whether the file is complete; false: go on, `wait` may say when.
  Result<bool> attempt(std::stop_token stop) {
    http::Request request;
    request.url = url_;
    request.redirects = redirects;
    request.repeatable =
        false;  // what has arrived is not asked for again, and counting attempts is done here
    request.into = this;
    request.on_head = [this](const http::Response& head) { return judge_and_remember(head); };
    request.purpose = "fetching an archive";
    request.answer_limit = 64 << 10;
    if (spool_.size() > 0) request.headers.set("Range", fmt::format("bytes={}-", spool_.size()));
    asked_wait_.reset();
    failed_.reset();
    auto response = client_.send(request, stop);
    if (failed_) return *failed_;
    if (!response && response.error().kind() != ErrorKind::unavailable) return std::move(response).error();
    if (!response) {
      last_ = std::move(response).error();
      return false;
    }
    return weigh(*response);
  }

  // Why the last attempt was in vain.
  const Error& last() const { return last_; }
  std::optional<std::chrono::milliseconds> asked_wait() const { return asked_wait_; }

  Done write(Bytes bytes) override {
    size_t passed_over = static_cast<size_t>(std::min<uint64_t>(skip_, bytes.size()));
    skip_ -= passed_over;
    bytes = bytes.subspan(passed_over);
    if (bytes.empty()) return {};
    uint64_t limit = total_ ? *total_ : largest_archive;
    if (bytes.size() > limit - std::min(limit, spool_.size()))
      return remember(corrupt("{} sends more than the {} bytes it may have", url_, limit));
    Done written = spool_.write(bytes);
    if (!written) return remember(std::move(written).error());
    progress_.add_bytes(bytes.size());
    return {};
  }

  Done finish() override { return {}; }

 private:
  // The client hands our own errors back to us among its own; ours are told apart by having been noted.
  Error remember(Error error) {
    failed_ = error;
    return error;
  }

  Done judge_and_remember(const http::Response& head) {
    Done judged = judge(head);
    if (!judged) return remember(std::move(judged).error());
    return {};
  }

  Done judge(const http::Response& head) {
    if (!head.ok()) return {};
    TRY(compare_tags(head));
    if (head.status == 206) {
      auto range = parse_content_range(head.headers.get("Content-Range").value_or(""));
      if (!range || !range->first || *range->first > spool_.size())
        return unavailable("{} answers 206 with another part than the one from byte {} on", url_,
                           spool_.size());
      if (range->total) TRY(learn_total(*range->total));
      skip_ = spool_.size() - *range->first;
      return {};
    }
    if (head.status != 200) return unavailable("{} → {}, where 200 or 206 was due", url_, head.status);
    // The server does not know Range: what we have is passed over.
    skip_ = spool_.size();
    if (auto length = number(head.headers.get("Content-Length").value_or(""))) TRY(learn_total(*length));
    return {};
  }

  Done learn_total(uint64_t total) {
    if (total > largest_archive)
      return corrupt("{} has {} bytes, more than any archive ({} bytes)", url_, total, largest_archive);
    if ((total_ && *total_ != total) || total < spool_.size())
      return corrupt("{} has changed since a part of it was fetched; fetch it again", url_);
    if (!total_) progress_.total(total);
    total_ = total;
    return {};
  }

  // An entity tag of the same address is another one when the file is.
  Done compare_tags(const http::Response& head) {
    auto tag = head.headers.get("ETag");
    if (!tag) return {};
    if (tag_ && tag_address_ == head.url && *tag_ != *tag)
      return corrupt("{} has changed while it was being fetched; fetch it again", url_);
    tag_ = std::move(tag);
    tag_address_ = head.url;
    return {};
  }

  Result<bool> weigh(const http::Response& response) {
    if (response.ok()) {
      if (!total_ || spool_.size() == *total_) {
        if (skip_ > 0)
          return remember(corrupt("{} is shorter than the part that was fetched of it before", url_));
        return true;
      }
      last_ = unavailable("{} ended after {} of {} bytes", url_, spool_.size(), *total_);
      return false;
    }
    if (response.status == 416 && spool_.size() > 0) {
      auto range = parse_content_range(response.headers.get("Content-Range").value_or(""));
      if (range && range->total == spool_.size()) {
        TRY(learn_total(*range->total));
        return true;
      }
      return corrupt("{} is shorter than the part that was fetched of it before; fetch it again", url_);
    }
    last_ = status_error(url_, response.status);
    if (!is_passing(response.status)) return last_;
    if (auto seconds = number(response.headers.get("Retry-After").value_or("")))
      asked_wait_ = std::min(std::chrono::seconds(std::min<uint64_t>(*seconds, 86'400)), longest_asked_wait);
    return false;
  }

  http::Client& client_;
  const std::string& url_;
  Spool& spool_;
  Transfer& progress_;
  std::optional<uint64_t> total_;
  std::optional<std::string> tag_;
  std::string tag_address_;
  uint64_t skip_ = 0;  // bytes of this answer that we have already
  std::optional<Error> failed_;
  Error last_ = unavailable("nothing was tried");
  std::optional<std::chrono::milliseconds> asked_wait_;
};

}  // namespace

Done download(http::Client& client, Clock& clock, const std::string& url, Spool& spool, Transfer& progress,
              std::stop_token stop, int attempts) {
  progress.done_bytes(spool.size());
  Download download(client, url, spool, progress);
  for (int fruitless = 0;;) {
    uint64_t before = spool.size();
    bool complete = TRY(download.attempt(stop));
    if (complete) return spool.finish();
    fruitless = spool.size() > before ? 0 : fruitless + 1;
    if (fruitless == attempts) {
      Error error = download.last();
      if (attempts > 1) error.wrap(fmt::format("gave up after {} attempts without a byte", attempts));
      return error;
    }
    std::chrono::milliseconds wait = std::min(first_wait * (1 << std::min(fruitless, 10)), longest_wait);
    wait = std::max(wait, download.asked_wait().value_or(wait));
    log_info("{}; going on from byte {} in {:.1f} s", download.last().text(), spool.size(),
             static_cast<double>(wait.count()) / 1000);
    TRY(clock.sleep(wait, stop).within("waiting to go on with {}", url));
  }
}

Done ReleaseRepository::download(const Archive& archive, Spool& spool, Transfer& progress,
                                 std::stop_token stop) {
  if (is_local(archive)) return invalid("{} is a file, and is read where it lies", archive.url);
  return eulerpublisher::download(client_, clock_, archive.url, spool, progress, stop, attempts_);
}

}  // namespace eulerpublisher
