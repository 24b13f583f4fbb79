#pragma once

#include <stop_token>
#include <string>

#include "base/clock.h"
#include "base/progress.h"
#include "base/result.h"
#include "http/client.h"
#include "stream/spool.h"

namespace eulerpublisher {

// The largest archive that is fetched, in bytes.  The largest known one has 1.92 GiB.
inline constexpr uint64_t largest_archive = 16ull << 30;
// How many times in a row a download may fail without a byte having arrived, unless somebody says otherwise.
inline constexpr int fruitless_attempts = 6;

// Fetches what lies at `url` into the spool, from where it ends (HTTP Range, RFC 9110, section 14), and goes
// on after cuts: the first wait is half a second, each fruitless attempt doubles it; given up after so many
// `attempts` in a row without a byte.  See ReleaseRepository::download().
Done download(http::Client& client, Clock& clock, const std::string& url, Spool& spool, Transfer& progress,
              std::stop_token stop, int attempts = fruitless_attempts);

}  // namespace eulerpublisher
