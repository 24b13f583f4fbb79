#pragma once

#include <optional>
#include <vector>

#include "release/prepare.h"
#include "release/release_run.h"
#include "release/request.h"

namespace eulerpublisher {

// What publishing a release needs to have at hand.  All outlive the run.
struct PublishParts {
  PrepareParts prepare;
  ReleaseParts release;
};

// What would be done, before anything is fetched.
struct Outlook {
  struct Image {
    Archive archive;
    bool in_store = false;                  // converted already
    std::optional<uint64_t> archive_bytes;  // to be fetched; absent where that is not known, or not needed
    std::optional<uint64_t>
        layer_bytes;  // to be sent to each registry that has none of them; known when in_store
  };
  std::vector<Image> images;
  std::vector<Platform> not_released;
  std::vector<Plan> plans;  // one for each destination
  bool nothing_to_do() const;
};

// One release of a version, from the archives to the tags: ReleaseRun's order of steps, with a look at the
// source beside the look at the destinations; fetching, converting and sending overlap.
class Publisher {
 public:
  Publisher(ReleaseRequest request, PublishParts parts, Gate gate);
  ~Publisher();

  // What publish() would do.  Changes nothing.
  Result<Outlook> outlook(std::stop_token stop);
  // Fetches what is missing and publishes it.
  Ended publish(std::stop_token stop);
  // What push() would do.  Changes nothing.
  Result<Outlook> push_outlook(std::stop_token stop);
  // Publishes what prepare() left in the store; `not_found` when there is nothing.
  Ended push(std::stop_token stop);

 private:
  class Run;
  ReleaseRequest request_;
  PublishParts parts_;
  Gate gate_;
};

}  // namespace eulerpublisher
