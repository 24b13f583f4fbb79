#pragma once

#include <vector>

#include "base/clock.h"
#include "release/destination.h"
#include "release/journal.h"

namespace eulerpublisher {

// Brings releases to their end whose run was killed: those in the journal that were never ended and whose
// repositories are all among `destinations`.  What had not begun to move tags is closed as it is: nothing of
// it can be seen.  What had is finished, since everything was staged and checked before the first tag moved:
// tags that still name what the plan saw are moved on.  Where the new content is gone, or a move fails, or
// the run was going back already, all tags of the release go back.  A tag that somebody else has moved
// meanwhile is left alone.
//
// A --best-effort release is finished registry by registry, as its run would have done: one that cannot be
// finished is behind, and stops no other.
//
// Each gets the receipt that its run could not write, from what the journal knows of it; `tool` is this
// program, which finished it.  Yields what was done, for people.  Call with the repositories' locks held.  An
// error means that a release could be neither finished nor undone: it stays unfinished, for the next run.
Result<std::vector<std::string>> recover(Journal& journal, const std::vector<Destination>& destinations,
                                         Clock& clock, const std::string& tool, std::stop_token stop);

}  // namespace eulerpublisher
