#pragma once

#include <vector>

#include "base/clock.h"
#include "release/commit.h"
#include "release/destination.h"
#include "release/journal.h"

namespace eulerpublisher {

// The journal's kinds of events that a recovery reads.
namespace event {
inline constexpr const char* planned = "planned";  // one for each move, all at once, before the first is made
inline constexpr const char* moving = "moving";    // about to happen
inline constexpr const char* moved = "moved";
inline constexpr const char* finding = "finding";
inline constexpr const char* recovered = "recovered";
}  // namespace event

// One line of the journal about one move.
Journal::Event event_of(std::string_view kind, const Destination& destination, const Move& move,
                        const std::string& text);

// Brings releases to their end whose run was killed: those in the journal that were never ended and whose
// repositories are all among `destinations`.  What had not begun to move tags is closed as it is: nothing of
// it can be seen.  What had is finished, since everything was staged and checked before the first tag moved:
// tags that still name what the plan saw are moved on; where the new content is gone, the others go back.  A
// tag that somebody else has moved meanwhile is left alone.  Yields what was done, for people.  Call with the
// repositories' locks held.
Result<std::vector<std::string>> recover(Journal& journal, const std::vector<Destination>& destinations,
                                         Clock& clock, std::stop_token stop);

}  // namespace eulerpublisher
