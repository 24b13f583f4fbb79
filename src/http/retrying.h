#pragma once

#include <atomic>
#include <chrono>
#include <map>
#include <optional>
#include <string>

#include "base/clock.h"
#include "base/guarded.h"
#include "http/client.h"

namespace eulerpublisher::http {

struct RetryRules {
  // How often a request is sent at most.
  int tries = 6;
  // The wait before the second try; each further wait is twice as long, up to `longest_wait`, give or take a
  // quarter.
  std::chrono::milliseconds first_wait{500};
  std::chrono::milliseconds longest_wait{30'000};
  // The longest Retry-After that is waited for; a server that asks for more gets its answer taken as final.
  std::chrono::milliseconds patience{300'000};
  // How many repetitions all requests to one host may make together.  One comes back with every two answers
  // that are no failure, and one every ten seconds: a host that is down is not asked six times by every
  // transfer.
  double budget = 30;
};

// What a Retry-After header asks for, in seconds or as a date (RFC 9110, 10.2.3), counted from `now`; nothing
// when it is neither.
std::optional<std::chrono::milliseconds> retry_after(const Response& response, Instant now);

// Whether another try may end better: 408, 425, 429 and 5xx except 501.
bool is_passing(int status);

// Sends requests again that failed for a reason that may pass: errors of the kind `unavailable` and the
// statuses of is_passing().  The one place that does.  Not repeated: PATCH and whatever is not `repeatable`,
// requests whose `into` has taken bytes (whoever asked knows how to resume), and failures of our own source,
// sink or on_head.  A host that answers 429 with Retry-After gets no other request either until then. When
// the tries are used up, the last answer is the answer, and an error says after how many tries.
class Retrying : public Client {
 public:
  Retrying(Client& next, Clock& clock, Random& random, RetryRules rules = {})
      : next_(next), clock_(clock), random_(random), rules_(rules) {}
  Result<Response> send(const Request& request, std::stop_token stop) override;
  // How many requests were sent again so far.
  uint64_t repetitions() const { return repetitions_; }

 private:
  struct Host {
    double budget = 0;
    Instant counted;     // when the budget was last brought up to date
    Instant not_before;  // the host asked to be left alone until then
  };

  // Brings a host's budget up to date; makes it when it is new.
  Host& host(std::map<std::string, Host>& hosts, const std::string& origin);
  bool take_from_budget(const std::string& origin);
  void succeeded(const std::string& origin);
  std::chrono::milliseconds pause_of(const std::string& origin);
  std::chrono::milliseconds wait_before(int next_try);

  Client& next_;
  Clock& clock_;
  Random& random_;
  RetryRules rules_;
  Guarded<std::map<std::string, Host>> hosts_;
  std::atomic<uint64_t> repetitions_ = 0;
};

}  // namespace eulerpublisher::http
