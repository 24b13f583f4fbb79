#pragma once

#include <map>
#include <string>

#include "base/clock.h"
#include "policy/sync_rules.h"

namespace eulerpublisher::sync {

// What became of publishing something, as long as it has not gone well.
struct Attempt {
  std::string what;   // the archives it was about; others are a new beginning
  std::string state;  // of the archives' files, where their bytes did not fit: OfferReader::state_of()
  int failures = 0;
  Instant since{};  // the first failure
  Instant next{};   // not before
  std::string error;
  bool not_yet = false;   // the bytes were not what their checksum says: they may still be on their way
  bool given_up = false;  // until `what` changes

  bool operator==(const Attempt&) const = default;
};

// By what is published: `24.03-LTS-SP1`, or `24.03-LTS-SP1 docker_img/update/2025-06-10` for an older update.
using Attempts = std::map<std::string, Attempt>;

// Pure.  Each failure in a row doubles the wait.  Given up is, after the policy's number of tries, what is
// not merely unavailable: that may pass at any time.  Bytes that do not fit their checksum have as long as a
// directory may be incomplete.
Attempt after_failure(const Attempt* before, const std::string& what, const std::string& state,
                      const Error& error, Instant now, const SyncRules& rules);

// Whether to try now.  Bytes that did not fit are tried again as soon as a file has changed.
enum class May { now, later, given_up };
May may_try(const Attempt* before, const std::string& what, const std::string& state, Instant now);

}  // namespace eulerpublisher::sync
