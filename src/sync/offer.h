#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "policy/version.h"
#include "upstream/release_repository.h"

namespace eulerpublisher::sync {

// One directory of the release repository that is whole: every required architecture has its checksum.
struct Offered {
  ReleaseIndex index;
  Release release;
};

// One that is not, yet.
struct NotYet {
  ReleaseIndex index;
  std::string because;
};

// What the release repository has of one version.
struct Offer {
  std::optional<Offered> newest;      // the newest directory that is whole
  std::vector<NotYet> not_yet;        // those that are newer, newest first
  std::vector<ReleaseIndex> updates;  // all dated ones, newest first, whole or not
  std::optional<Error> problem;       // it could not be read
  // Nothing of it is there: no version, or one whose archives are elsewhere.
  bool absent() const { return !newest && not_yet.empty() && !problem; }
};

// What is asked for.
struct Sought {
  Version version;
  std::vector<std::string> sources;  // in the order in which they are asked
  std::vector<Platform> required;
  std::vector<Platform> optional;
};

// Reads the newest update that is whole, or the first release.  Where a directory is newer and not whole, it
// says why, and goes on with the next: what is incomplete today does not hide what was published before.
// Safe from any thread.
class OfferReader {
 public:
  // Asks through `client`, which may answer from memory what has not changed (http::Revalidating).
  OfferReader(http::Client& client, Clock& clock) : client_(client), clock_(clock) {}

  // Everything is asked for.
  Offer read(const Sought& sought, std::stop_token stop);
  // The same, for somebody who knows what was there at the last look and has published it, in two requests:
  // the listing, and one checksum file, the architectures taking turns.  When anything is another, or another
  // thing is asked for than then, everything is read.
  Offer look_again(const Sought& sought, const Offer& before, size_t turn, std::stop_token stop);

  // One directory, by its name: `not_found` or `corrupt` while it is not whole.
  Result<Offered> read_one(const Sought& sought, const ReleaseIndex& index, std::stop_token stop);
  // Whether `update/current` is this update now: the release side's word that it has copied everything.
  Result<bool> is_current(const Sought& sought, const Offered& update, std::stop_token stop);
  // What the server says about these archives without sending them: a text that is another one
  // once a file has changed.
  std::string state_of(const Sought& sought, const Release& release, std::stop_token stop);

 private:
  Result<std::vector<ReleaseIndex>> updates(const Sought& sought, std::stop_token stop);
  Result<bool> is_there(const Sought& sought, std::stop_token stop);
  ReleaseRepository repository(const Sought& sought);
  Offer read_updates(const Sought& sought, std::vector<ReleaseIndex> updates, std::stop_token stop);

  http::Client& client_;
  Clock& clock_;
};

}  // namespace eulerpublisher::sync
