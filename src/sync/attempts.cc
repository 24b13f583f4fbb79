#include "sync/attempts.h"

#include <algorithm>

#include "image/convert.h"

namespace eulerpublisher::sync {

Attempt after_failure(const Attempt* before, const std::string& what, const std::string& state,
                      const Error& error, Instant now, const SyncRules& rules) {
  Attempt attempt;
  if (before && before->what == what) attempt = *before;
  if (attempt.failures == 0) attempt.since = now;
  attempt.what = what;
  attempt.state = state;
  attempt.error = error.text();
  attempt.not_yet = is_checksum_mismatch(error);
  ++attempt.failures;
  int doublings = std::min(attempt.failures - 1, 20);
  attempt.next = now + std::min(rules.longest_wait, rules.first_wait * (1 << doublings));
  bool still_coming = attempt.not_yet && now - attempt.since <= rules.not_yet_limit;
  attempt.given_up =
      attempt.failures >= rules.tries && error.kind() != ErrorKind::unavailable && !still_coming;
  return attempt;
}

May may_try(const Attempt* before, const std::string& what, const std::string& state, Instant now) {
  if (!before || before->what != what) return May::now;
  if (before->not_yet && !state.empty() && state != before->state) return May::now;
  if (before->given_up) return May::given_up;
  return now >= before->next ? May::now : May::later;
}

}  // namespace eulerpublisher::sync
