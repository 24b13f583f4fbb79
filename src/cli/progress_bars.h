#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"

namespace eulerpublisher::cli {

// How fast something went lately: over the last few seconds, so that a stall shows and a hiccup does not.
class RateMeter {
 public:
  // How many bytes are done at this time.  Fewer than before means that it begins anew.
  void saw(Instant time, uint64_t bytes);
  // Nothing until there is enough to go by.
  std::optional<double> bytes_per_second() const;

 private:
  std::deque<std::pair<Instant, uint64_t>> samples_;
};

// One transfer, as a line shows it.
struct TransferView {
  std::string label;
  std::string phase;
  uint64_t done = 0;  // bytes
  std::optional<uint64_t> total;
  std::optional<double> bytes_per_second;
};

// Pure: one line per transfer, `amd64 archive  fetching  [=====>     ]  12.3 MB / 43.7 MB  10.1 MB/s  0:03`,
// each narrower than the terminal.  What has no room is left out: the bar first, then the rate, the time
// left, the total and the phase.  When there are more transfers than rows, the last line counts the others.
std::vector<std::string> render_bars(const std::vector<TransferView>& transfers, size_t columns, size_t rows);

}  // namespace eulerpublisher::cli
