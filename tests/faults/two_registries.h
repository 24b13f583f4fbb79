#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "http/authenticating.h"
#include "http/curl_client.h"
#include "http/retrying.h"
#include "registry/remote_repository.h"
#include "release/publish.h"
#include "support/faulty_registry.h"
#include "support/process.h"
#include "support/release_site.h"

namespace eulerpublisher::test {

// A clock that moves only when somebody sleeps, which takes no time.  Safe from any thread.
class QuickClock : public Clock {
 public:
  Instant now() override { return Instant(Instant::duration(now_.load())); }
  Done sleep(std::chrono::milliseconds time, std::stop_token stop) override;

  std::function<void()> when_somebody_sleeps;  // set before others use the clock

 private:
  std::atomic<Instant::rep> now_ =
      std::chrono::system_clock::from_time_t(1'717'236'000).time_since_epoch().count();
};

// Everything an index needs to be whole, by digest: manifests (the index among them) and blobs.
struct Whole {
  Digest index;
  std::map<Digest, RawManifest> manifests;
  std::map<Digest, std::string> blobs;
};
Whole whole_of(const PreparedRelease& prepared);

// An older and a newer state of one release, made once for all cases: archives in a folder, and what they
// become.
class TwoStates {
 public:
  TwoStates();
  const Whole& older() const { return *older_; }
  const Whole& newer() const { return *newer_; }
  std::string source() const { return (newer_site_.folder()).string(); }
  static ReleaseRequest request();

 private:
  ReleaseSite older_site_, newer_site_;
  std::optional<Whole> older_, newer_;
};

// What tags named before the run.
enum class Before { older_everywhere, own_tag_new };

// Two registries that go wrong where they are told to, with an older release in them, and a machine that
// publishes the newer one to both: the program as it is put together, but for its clock.
class TwoRegistries {
 public:
  TwoRegistries(const TwoStates& states, Before before);

  // One run of the program, with connections, tokens and lessons of its own, as in a new process.
  Ended publish(int tries = 4);
  FaultyRegistry& registry(size_t which) { return *far_[which]; }
  // Requests that a registry has seen since it was filled, without those for tokens.
  std::vector<HttpServer::Seen> seen(size_t which) const;
  size_t filled(size_t which) const { return filled_[which]; }
  // Doors that a fault has shut open again at the next wait, or stay shut.
  void let_doors_open(bool open) { doors_open_ = open; }

  std::optional<Digest> tag(size_t which, const Tag& tag);
  // What an index lacks at a registry; empty when it is whole.
  std::string missing(size_t which, const Whole& whole);
  bool journal_has_unfinished();

 private:
  const TwoStates& states_;
  TempFolder folder_{"ep-faults"};
  QuickClock clock_;
  std::unique_ptr<Store> store_;
  std::unique_ptr<Journal> journal_;
  std::vector<std::unique_ptr<FaultyRegistry>> far_;
  std::vector<size_t> filled_;
  std::atomic<bool> doors_open_ = true;
};

}  // namespace eulerpublisher::test
