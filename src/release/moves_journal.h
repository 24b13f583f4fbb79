#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "release/commit.h"
#include "release/journal.h"
#include "release/receipt.h"

namespace eulerpublisher {

// The journal's kinds of events that somebody reads again.  The end of each move is told by name_of() of its
// state; `up to date` is also said of a tag that needed none.
namespace event {
inline constexpr const char* begun = "begun";    // by whom
inline constexpr const char* source = "source";  // an archive: platform as the tag, checksum, address
inline constexpr const char* image =
    "image";  // what was made: platform as the tag, from its configuration to its manifest
inline constexpr const char* planned = "planned";  // one for each move, all at once, before the first is made
inline constexpr const char* moving = "moving";    // about to happen
inline constexpr const char* finding = "finding";
inline constexpr const char* recovered = "recovered";
}  // namespace event

// Writes what one release does into the journal: where it comes from before anything is sent, all moves
// before the first is made, and each as it is made.  Without a journal nothing is written.  The journal must
// outlive it.  Safe from any thread.
class MovesJournal : public CommitListener {
 public:
  MovesJournal(Journal* journal, std::string release) : journal_(journal), release_(std::move(release)) {}

  Done begun_by(const std::string& person);
  // What is released.
  Done begin_with(const std::vector<Receipt::Source>& sources);
  Done made(const std::vector<Receipt::Image>& images);
  // Tags of one destination that name already what they should.
  Done up_to_date(const Destination& destination, const std::vector<std::pair<Tag, Digest>>& tags);
  // What was found at a destination.  A journal that cannot be written to is a warning.
  void found(const Destination& destination, const std::vector<std::string>& findings);

  // What a later run needs to finish these moves.  Call before commit().
  Done announce(const std::vector<CommitLane>& lanes);

  Done about_to_move(const Destination& destination, const Move& move) override;
  // A journal that cannot be written to is a warning: the move has been made.
  void moved(const Destination& destination, const MoveOutcome& outcome) override;

 private:
  Done note(const std::vector<Journal::Event>& events);

  Journal* journal_;
  std::string release_;
};

// One line of the journal about one move; without `text`, why it is made.
Journal::Event event_of(std::string_view kind, const Destination& destination, const Move& move,
                        const std::string& text);

}  // namespace eulerpublisher
