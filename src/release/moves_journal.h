#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "release/commit.h"
#include "release/journal.h"

namespace eulerpublisher {

// The journal's kinds of events that somebody reads again.  The end of each move is told by name_of() of its
// state.
namespace event {
inline constexpr const char* planned = "planned";  // one for each move, all at once, before the first is made
inline constexpr const char* moving = "moving";    // about to happen
inline constexpr const char* finding = "finding";
inline constexpr const char* recovered = "recovered";
}  // namespace event

// Writes the moves of one release into the journal: all of them before the first is made, and each as it is
// made.  Without a journal nothing is written.  The journal must outlive it.  Safe from any thread.
class MovesJournal : public CommitListener {
 public:
  MovesJournal(Journal* journal, std::string release) : journal_(journal), release_(std::move(release)) {}

  // What a later run needs to finish these moves.  Call before commit().
  Done announce(const std::vector<CommitLane>& lanes);

  Done about_to_move(const Destination& destination, const Move& move) override;
  // A journal that cannot be written to is a warning: the move has been made.
  void moved(const Destination& destination, const MoveOutcome& outcome) override;

 private:
  Journal* journal_;
  std::string release_;
};

// One line of the journal about one move; without `text`, why it is made.
Journal::Event event_of(std::string_view kind, const Destination& destination, const Move& move,
                        const std::string& text);

}  // namespace eulerpublisher
