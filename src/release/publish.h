#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "base/clock.h"
#include "release/destination.h"
#include "release/journal.h"
#include "release/prepare.h"
#include "release/receipt.h"
#include "release/request.h"

namespace eulerpublisher {

// What publishing needs to have at hand.  All outlive the run.
struct PublishParts {
  PrepareParts prepare;
  std::vector<Destination> destinations;
  Clock& clock;
  Journal* journal = nullptr;          // null: nothing is recorded (a dry run)
  std::filesystem::path state_folder;  // for the repositories' locks
  std::string tool;                    // for the receipt: `eulerpublisher 0.1.0`
};

// Looks at what is staged in one repository before any tag moves there.  An empty list lets it pass; each
// text is a blocker.  An Error means that it could not look, which is no pass either.
using Gate = std::function<Result<std::vector<std::string>>(RepositoryReader&, const PreparedRelease&,
                                                            std::stop_token)>;

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

// How a run ended.  The receipt is there whatever happened.
struct Ended {
  Receipt receipt;
  std::optional<Error> error;
  bool behind = false;   // best_effort: some destinations did not get it
  bool blocked = false;  // a gate refused; no tag was moved
};

// One release, from the archives to the tags.  The order of steps is the promise: whatever can be seen refers
// only to what is there.
//   lock    one run at a time for each repository; what an earlier one left half done is finished first
//   look    checksums at the source, tags at the destinations
//   plan    refused moves end the run before anything is fetched
//   stage   everything to everywhere by digest; fetching, converting and sending overlap
//   check   read back what is there, and the gate
//   commit  tags, the version's own first, `latest` last
//   look    at every tag again, as the public does
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
