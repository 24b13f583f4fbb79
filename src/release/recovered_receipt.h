#pragma once

#include <vector>

#include "release/destination.h"
#include "release/journal.h"
#include "release/receipt.h"

namespace eulerpublisher {

// The receipt of a release whose run could not write it, as far as its events tell: sources, what was made,
// what became of every move, findings.  `destinations` says how the repositories are written; events of
// others are left out, as is whatever in a damaged journal is no tag or digest.
Receipt recovered_receipt(const Journal::Entry& entry, const std::vector<Journal::Event>& events,
                          const std::vector<Destination>& destinations);

}  // namespace eulerpublisher
