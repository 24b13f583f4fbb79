#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/progress.h"
#include "base/task_group.h"
#include "check/check.h"
#include "policy/policy.h"
#include "release/complete_image.h"
#include "release/destination.h"
#include "release/inspection.h"
#include "release/moves_journal.h"
#include "release/receipt.h"
#include "release/staging.h"
#include "store/file_lock.h"

namespace eulerpublisher {

// What making an image visible needs to have at hand.  All outlive the run.
struct ReleaseParts {
  std::vector<Destination> destinations;
  Clock& clock;
  Journal* journal = nullptr;          // null: nothing is recorded (a dry run)
  std::filesystem::path state_folder;  // for the repositories' locks
  std::string tool;                    // for the receipt: `eulerpublisher 0.1.0`
  Progress& progress;
  std::string by = {};  // likewise: `alice@build01`
};

// How an image is to be made visible: what people decide about it.
struct ReleaseTerms {
  std::string name;             // in the journal and the receipt: `24.03-LTS-SP1`
  std::vector<EarnedTag> tags;  // in the order in which they are moved
  PlanOptions allowed;
  bool best_effort = false;
  bool verify_bytes = false;  // read back every blob, not only its size
};

// What a gate is shown.
struct Staged {
  const CompleteImage& image;
  const InspectedLayers& layers;           // all of them; nothing of this was read from the registry
  const CheckedImage* previous = nullptr;  // what the first tag names until now, in this repository
  std::string no_previous = {};            // why it is not known, if there is one
};

// Looks at what is staged in one repository before any tag moves there.  What it found, refuses() judges.  An
// Error means that it could not look, which is no pass either.
using Gate =
    std::function<Result<std::vector<CheckResult>>(RepositoryReader&, const Staged&, std::stop_token)>;

// How a run ended.  The receipt is there whatever happened.
struct Ended {
  Receipt receipt;
  std::optional<Error> error;
  bool behind = false;   // best_effort: some destinations did not get it
  bool blocked = false;  // a gate refused; no tag was moved
};

// One image on its way into all destinations, wherever it comes from.  The order of the calls is the promise:
// whatever can be seen refers only to what is there.
//   begin    one run at a time for each repository; what an earlier one left half done is finished first
//   look     what the tags name now
//   decide   refused moves end the run before anything is fetched or built
//   staging  everything to everywhere by digest, also while it is being made
//   release  read back what is there, and the gate; then the tags, the image's own first, `latest` last; then
//            a look at every tag again, as the public does
//   end      the receipt, in the journal
// Owned by one thread.
class ReleaseRun {
 public:
  ReleaseRun(const ReleaseTerms& terms, const ReleaseParts& parts, const Gate& gate, std::stop_token stop);

  // From here on no other run touches these repositories, and nothing of an earlier one is left half done.
  // Does nothing without a journal.
  Done begin(const std::string& command);
  // Looks at all destinations side by side; `beside`, if any, is done at the same time.
  Done look(TaskGroup::Task beside = {});
  // Plans the moves of all destinations; the digest is absent while it is not known.
  void plan(const Content& content, std::optional<Digest> digest);
  // Plans, refuses and asks for permission to push: whether there is something to do.  One message lists
  // everything that is refused.
  Result<bool> decide(const Content& content, std::optional<Digest> digest);
  // For the destinations that lack something.
  Staging staging() const;
  // Stages what is left, checks, and moves the tags, once what runs `beside` has come to a good end too.
  Done release(Staging& staging, const CompleteImage& image, TaskGroup& beside);
  // Call once, last.
  Ended end(Done done);

  // The plans of all destinations, or why one of them could not be looked at.
  Result<std::vector<Plan>> plans() const;
  // What each destination's tags named at look(); none where it failed.
  struct Look {
    std::shared_ptr<RepositoryReader> repository;
    std::vector<std::optional<Seen>> seen;  // in the order of the terms' tags
  };
  std::vector<Look> looks() const;
  // To be filled with what only the caller knows: the sources.
  Receipt& receipt() { return receipt_; }

 private:
  struct Lane {
    Destination destination;
    std::vector<std::optional<Seen>> seen;
    Plan plan;
    std::optional<Error> failed;
    std::optional<StageOutcome> staged;
    DestinationReceipt receipt;
    bool committed = false;
  };

  MovesJournal journal() const;
  Done refuse() const;
  Done note_what_is_there() const;
  bool nothing_to_do();
  Done ask_permission();
  // What the first tag names until now, and one repository that has it.
  std::map<Digest, RepositoryReader*> replaced_by(const CompleteImage& image) const;
  Done check(const CompleteImage& image, const InspectedLayers& layers,
             const std::map<Digest, Previous>& previous);
  Done move_tags(const CompleteImage& image);
  void look_at_tags(const CompleteImage& image);
  Done forgive_or_fail();
  std::string result_of(const Ended& ended) const;
  void record(Ended& ended);
  void fill_destinations();
  Lane& lane_of(const std::string& repository);

  const ReleaseTerms& terms_;
  const ReleaseParts& parts_;
  const Gate& gate_;
  std::stop_token stop_;
  std::vector<Lane> lanes_;
  Receipt receipt_;
  std::string id_;  // of this run in the journal
  std::vector<FileLock> locks_;
  bool nothing_to_do_ = false;
  bool blocked_ = false;
};

}  // namespace eulerpublisher
