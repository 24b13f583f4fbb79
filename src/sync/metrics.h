#pragma once

#include <string>

#include "sync/attempts.h"
#include "sync/round.h"
#include "sync/totals.h"

namespace eulerpublisher::sync {

// What a round found and what all rounds have done, in the Prometheus text format (version 0.0.4), for
// node_exporter's textfile collector.  docs/sync.md says what each name means.  Pure.
std::string metrics_text(const Round& round, const Totals& totals, const Attempts& attempts,
                         const NotYetSince& not_yet_since);

}  // namespace eulerpublisher::sync
