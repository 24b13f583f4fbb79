#pragma once

#include <map>
#include <memory>
#include <vector>

#include "base/clock.h"
#include "cli/options.h"
#include "cli/progress.h"
#include "cli/settings.h"
#include "http/authenticating.h"
#include "http/curl_client.h"
#include "http/recording.h"
#include "http/retrying.h"
#include "readme/push_readmes.h"
#include "registry/registry.h"
#include "release/journal.h"
#include "release/publish.h"
#include "store/store.h"
#include "upstream/release_repository.h"

namespace eulerpublisher::cli {

// The parts of the program, made from what a person asked for and joined here, and nowhere else.  Each is
// made when it is first needed: `tags` opens no store and no connection.  Owned by one thread.
class Parts {
 public:
  Parts(const Options& options, const Policy& policy, Progress& progress);
  ~Parts();

  Progress& progress() { return progress_; }
  Result<Store*> store();
  Result<Journal*> journal();
  Result<std::filesystem::path> state_folder();
  Result<ReleaseRepository*> upstream(const Version& version);
  // For the release repository: repeats what failed for a moment, carries no credentials.
  Result<http::Client*> source_client();
  // What has been asked of all hosts, and how many requests were repetitions; from any thread once
  // source_client() has been called.
  std::map<std::string, http::Traffic> traffic();
  uint64_t repetitions();
  // Every -g (or what the policy says), with and without our credentials.
  Result<std::vector<Destination>> destinations();
  // Every place that -g names, as one parses it.
  Result<std::vector<Target>> targets();
  // One place.  Those at one registry share what it has taught us, and what it is known to hold.
  Result<Destination> destination_for(const Target& target);
  // Whether it is a registry without TLS.
  bool speaks_plainly(const Target& target) const;
  // The same for places that are known otherwise: from a receipt.
  Result<std::vector<Destination>> destinations_for(const std::vector<Target>& targets);
  // Where the command line's registries take descriptions of repositories; `invalid` for a folder, which
  // shows none.
  Result<std::vector<readme::Place>> description_places();

  // What making an image visible in these destinations needs.  Without `recorded` the journal is left out.
  Result<ReleaseParts> release_parts(std::vector<Destination> destinations, bool recorded);
  // Everything a release of a version needs.
  Result<PublishParts> publish_parts(const Version& version, bool recorded);

 private:
  struct Http;
  Result<Http*> http();
  Destination destination(const Target& target, Http& http);
  // A registry with and without our credentials.
  struct Sides {
    std::shared_ptr<Registry> ours, as_public;
  };
  Sides open(const RegistryHost& host, Http& http) const;
  bool is_plain(const RegistryHost& host) const;

  const Options& options_;
  const Policy& policy_;
  Progress& progress_;
  std::unique_ptr<Store> store_;
  std::unique_ptr<Journal> journal_;
  std::unique_ptr<Http> http_;
  std::optional<std::vector<Target>> targets_;
  std::map<Version, std::unique_ptr<ReleaseRepository>> upstreams_;
};

}  // namespace eulerpublisher::cli
