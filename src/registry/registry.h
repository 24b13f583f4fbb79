#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/guarded.h"
#include "http/client.h"
#include "http/url.h"
#include "oci/digest.h"
#include "oci/name.h"
#include "registry/profile.h"

namespace eulerpublisher {

struct RegistryOptions {
  // Absent: http for loopback addresses, https for all others.
  std::optional<bool> plain_http = {};
  // Absent: the built-in one for the host.
  std::optional<Profile> profile = {};
  // Repositories that may hold what we are about to upload, besides those written to in this run.
  std::vector<RepositoryName> siblings = {};
  // How many upload sessions a blob may cost before it is given up, not counting those that taught us a
  // better way.
  int sessions = 4;
  Clock* clock = &system_clock();
  Random* random = &system_random();
};

// One registry, shared by all the repositories of it that a run uses: how it is spoken to, what it has taught
// us about its limits, and what it is known to hold.  Safe from any thread.  The client must outlive it.
class Registry {
 public:
  Registry(http::Client& client, RegistryHost host, RegistryOptions options = {});

  // As people name it: `docker.io`.
  const RegistryHost& host() const { return host_; }
  const RegistryOptions& options() const { return options_; }

  // `https://registry-1.docker.io/v2/` and what follows.
  http::Url url(const std::string& path) const;

  // Sends, as soon as the profile's limits allow it.
  Result<http::Response> send(const http::Request& request, std::stop_token stop);
  // Waits before repetition number `attempt` (from 0): longer each time, with chance in it, and at least as
  // long as the `Retry-After` of `after` asks for; `unavailable` when that is more than five minutes.
  Done wait(int attempt, const http::Response* after, std::stop_token stop);

  // The profile, with what was learned in this run.
  Profile profile();
  void learn_pieces(uint64_t largest);  // no body may be larger; goes down only
  void learn_whole();                   // pieces are refused
  void learn_no_streaming();            // bodies of unknown length are refused
  void learn_last_with_put();           // a closing PUT without bytes is refused
  void learn_range_within_piece();

  // What is known to be where.
  void note(const RepositoryName& repository, const Digest& digest);
  bool noted(const RepositoryName& repository, const Digest& digest);
  // Other repositories that are known to hold it; without any, the siblings of the options.
  std::vector<RepositoryName> sources(const RepositoryName& repository, const Digest& digest);

  // The right to upload this digest: one at a time, so that the second finds it there or mounts it.
  // `cancelled`.
  class Turn {
   public:
    Turn(Registry& registry, Digest digest) : registry_(&registry), digest_(std::move(digest)) {}
    Turn(Turn&& other) noexcept
        : registry_(std::exchange(other.registry_, nullptr)), digest_(other.digest_) {}
    Turn& operator=(Turn&&) = delete;
    ~Turn();

   private:
    Registry* registry_;
    Digest digest_;
  };
  Result<Turn> take_turn(const Digest& digest, std::stop_token stop);

 private:
  struct Traffic {
    int in_flight = 0;
    Instant next{};  // when the next request may begin
  };
  struct Known {
    Profile profile;
    std::map<Digest, std::set<RepositoryName>> holders;
  };
  Done enter(std::stop_token stop);
  void leave();

  http::Client& client_;
  RegistryHost host_;
  RegistryOptions options_;
  http::Url base_;
  int at_once_;
  std::optional<double> per_second_;
  Guarded<Traffic> traffic_;
  Guarded<Known> known_;
  Guarded<std::set<Digest>> uploading_;
};

}  // namespace eulerpublisher
