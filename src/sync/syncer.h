#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "http/recording.h"
#include "http/revalidating.h"
#include "release/publish.h"
#include "sync/known_images.h"
#include "sync/offer.h"
#include "sync/round.h"
#include "sync/state.h"

namespace eulerpublisher::sync {

// What syncing needs to have at hand.  All that is referred to outlives it.
struct SyncParts {
  const Policy& policy;
  std::vector<std::string> sources;  // in place of the policy's, where there are any
  std::vector<Version> only;         // empty: every version that is found
  ReleaseParts release;              // with the destinations
  Store& store;
  http::Client& client;  // for the release repository; repeats what failed for a moment
  // A release of this version by policy and options; sync decides the index and narrows the tags.
  std::function<Result<ReleaseRequest>(const Version&)> request;
  std::function<Gate(const ReleaseRequest&)> gate;
  // What has been asked of all hosts so far, and how many requests were repetitions; for the totals.
  std::function<std::map<std::string, http::Traffic>()> traffic;
  std::function<uint64_t()> retries;
  bool dry_run = false;
  // How large the store may be after a round that published something; nothing: it only grows.
  std::optional<uint64_t> keep = {};
};

// Publishes what the release repository has and the registries lack: looks (sync/offer.h, survey), decides
// (sync/decide.h) and has the Publisher do it.  Owned by one thread.
class Syncer {
 public:
  explicit Syncer(SyncParts parts);
  ~Syncer();

  // Takes the repositories for itself, among all who sync on this machine, and reads what an earlier run
  // left. `conflict`: another sync is at work for one of them.
  Done begin();
  // Gives the repositories back; begin() may follow.
  void end() { locks_.clear(); }

  // One look at everything, and the work that follows from it.  Whatever fails is told in the Round and stops
  // nothing else.
  Round round(std::stop_token stop);

  const Totals& totals() const { return state_.totals; }
  const Attempts& attempts() const { return state_.attempts; }
  const NotYetSince& not_yet_since() const { return state_.not_yet_since; }

 private:
  // A version of this round.
  struct Candidate {
    VersionView view;
    Sought sought;
    std::optional<ReleaseRequest> request;
    std::string down;  // what a source said that could not be asked
  };

  std::vector<Candidate> discover(Round& round, std::stop_token stop);
  void read_offers(std::vector<Candidate>& candidates, std::stop_token stop);
  void read_offer(Candidate& candidate, std::stop_token stop);
  void add_dated(std::vector<Candidate>& candidates, Round& round, std::stop_token stop);
  void add_dated(Candidate& candidate, const std::vector<std::optional<std::vector<Tag>>>& tags,
                 std::stop_token stop);
  bool is_complete(const Candidate& candidate, std::stop_token stop);
  void survey(std::vector<Candidate>& candidates, Round& round, std::stop_token stop);
  void remember_incomplete(const std::vector<Candidate>& candidates, Instant now);
  void finish_earlier_runs(Round& round, std::stop_token stop);
  void work(const Decision& decision, std::vector<Candidate>& candidates, Round& round, std::stop_token stop);
  Work publish(const Task& task, const Candidate& candidate, std::stop_token stop);
  bool remember_failure(const Task& task, const Candidate& candidate, const Error& failure,
                        std::stop_token stop);
  void tell(const Decision& decision, const std::vector<Candidate>& candidates, Round& round);
  void look_at_work(const std::vector<Candidate>& candidates, Decision& decision, Round& round,
                    std::stop_token stop);
  void settle(const Decision& decision, const std::vector<Candidate>& candidates);
  void prune(const Round& round);
  void save(Round& round);
  void count_traffic();

  SyncParts parts_;
  http::Revalidating documents_;
  OfferReader reader_;
  KnownImages images_;
  State state_;
  std::filesystem::path state_file_;
  std::vector<FileLock> locks_;
  std::map<std::string, http::Traffic> counted_;  // of the traffic, in the totals already
  uint64_t counted_retries_ = 0;
  std::vector<std::string> told_;  // remarks of the last round: what is not new is not logged again
};

}  // namespace eulerpublisher::sync
