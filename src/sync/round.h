#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "sync/decide.h"

namespace eulerpublisher::sync {

// What one registry holds of a version, seen beside what the release repository has.
struct Place {
  std::string registry;
  Agreement agreement = Agreement::unknown;
  std::optional<Seen> seen;  // under the version's own tag
  std::string problem;
};

struct VersionLine {
  Version version;
  bool in_policy = true;
  std::string index;  // of the newest directory that is whole; empty where there is none
  std::vector<Place> places;
};

// One release of a round, done or, in a dry run, to be done.
struct Work {
  Version version;
  ReleaseIndex index;
  std::vector<std::string> registries;
  std::string because;
  std::string result;   // as in the receipt: published, behind, refused, failed; `not yet` where the
                        // bytes did not fit their checksum; empty in a dry run
  std::string receipt;  // its name in the journal
  std::string error;
  std::chrono::milliseconds took{0};
};

// What one look at everything found and did.  A value.
struct Round {
  Instant started{};
  Instant finished{};
  std::vector<VersionLine> versions;
  std::vector<Work> work;
  std::vector<Remark> remarks;
  std::vector<std::string> problems;  // sources and registries that could not be asked, files that cannot be
                                      // written
  std::vector<std::string> notes;     // what an earlier run had left half done
  bool stopped = false;               // somebody asked for it

  // Whether nothing failed and nothing could not be looked at.
  bool success() const;
  bool behind() const;   // some registry did not get what others have
  bool refused() const;  // by a check
  // One JSON document.
  std::string print() const;
};

}  // namespace eulerpublisher::sync
