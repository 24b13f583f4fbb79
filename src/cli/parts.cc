#include "cli/parts.h"

#include <algorithm>

#include "cli/command_line.h"
#include "cli/person.h"
#include "cli/registry_profiles.h"
#include "http/uncached.h"
#include "registry/layout_repository.h"
#include "registry/remote_repository.h"

namespace eulerpublisher::cli {

namespace fs = std::filesystem;

// One chain of clients for what needs credentials, one for what the public sees; connections are shared.
struct Parts::Http {
  Http(http::ClientOptions options, http::RetryRules rules, std::unique_ptr<http::CredentialSource> source)
      : curl(std::move(options)),
        retrying(recording, system_clock(), system_random(), rules),
        credentials(std::move(source)) {}

  http::CurlClient curl;
  http::Recording recording{curl};
  http::Retrying retrying;
  std::unique_ptr<http::CredentialSource> credentials;
  http::StaticCredentials no_credentials;
  http::Authenticating authenticated{retrying, *credentials, system_clock()};
  http::Uncached fresh{retrying};
  http::Authenticating anonymous{fresh, no_credentials, system_clock()};

  // By their hosts: all repositories of a registry share what it allows, what it has taught us and what it is
  // known to hold.
  std::map<std::string, Sides> registries;
};

Parts::Parts(const Options& options, const Policy& policy, Progress& progress)
    : options_(options), policy_(policy), progress_(progress) {}

Parts::~Parts() = default;

Result<Store*> Parts::store() {
  if (!store_) {
    fs::path folder = options_.store.empty() ? TRY(Store::default_folder()) : fs::path(options_.store);
    store_ = TRY(Store::open(folder).within("the store"));
  }
  return store_.get();
}

Result<fs::path> Parts::state_folder() { return Journal::default_folder(); }

Result<Journal*> Parts::journal() {
  if (!journal_) journal_ = TRY(Journal::open(TRY(state_folder()), system_clock()));
  return journal_.get();
}

Result<Parts::Http*> Parts::http() {
  if (!http_) {
    http::ClientOptions options;
    options.user_agent = tool_name();
    std::ranges::replace(options.user_agent, ' ', '/');
    for (const std::string& file : options_.ca_files) {
      if (!fs::exists(file)) return invalid("--ca: there is no file {}", file);
      options.ca_files.emplace_back(file);
    }
    options.stall_patience = std::chrono::milliseconds(static_cast<int64_t>(options_.timeout * 1000));
    options.connect_patience = std::min(options.connect_patience, options.stall_patience);
    options.certs_d = http::ClientOptions::usual_certs_d();
    auto registries = TRY(load_registries(options_));
    if (!targets_) targets_ = TRY(targets_of(options_, policy_, registries));
    auto credentials = TRY(credentials_for(options_, *targets_, std::move(registries)));
    http::RetryRules rules;
    rules.tries = options_.retries + 1;
    http_ = std::make_unique<Http>(std::move(options), rules, std::move(credentials));
  }
  return http_.get();
}

Result<ReleaseRepository*> Parts::upstream(const Version& version) {
  auto& upstream = upstreams_[version];
  if (!upstream) {
    Http* http = TRY(this->http());
    upstream = std::make_unique<ReleaseRepository>(sources_for(options_, policy_, version), http->retrying,
                                                   system_clock(), options_.retries + 1);
  }
  return upstream.get();
}

Result<http::Client*> Parts::source_client() {
  Http* http = TRY(this->http());
  return &http->retrying;
}

std::map<std::string, http::Traffic> Parts::traffic() {
  return http_ ? http_->recording.traffic() : std::map<std::string, http::Traffic>{};
}

uint64_t Parts::repetitions() { return http_ ? http_->retrying.repetitions() : 0; }

Destination Parts::destination(const Target& target, Http& http) {
  if (!target.host) {
    auto layout = std::make_shared<LayoutRepository>(target.folder);
    return Destination{target.text, layout, layout};
  }
  Sides& registry = http.registries[target.host->text()];
  if (!registry.ours) registry = open(*target.host, http);
  return Destination{target.text, std::make_shared<RemoteRepository>(registry.ours, target.repository),
                     std::make_shared<RemoteRepository>(registry.as_public, target.repository)};
}

Parts::Sides Parts::open(const RegistryHost& host, Http& http) const {
  RegistryOptions registry_options;
  registry_options.profile = profile_of(host, policy_);
  if (is_plain(host)) registry_options.plain_http = true;
  return {std::make_shared<Registry>(http.authenticated, host, registry_options),
          std::make_shared<Registry>(http.anonymous, host, registry_options)};
}

bool Parts::is_plain(const RegistryHost& host) const {
  return std::ranges::any_of(options_.plain_http, [&](const std::string& plain) {
    return plain == host.text() || plain == host.host();
  });
}

bool Parts::speaks_plainly(const Target& target) const {
  return target.host && (target.host->is_loopback() || is_plain(*target.host));
}

Result<std::vector<Target>> Parts::targets() {
  TRY(http());
  return *targets_;
}

Result<Destination> Parts::destination_for(const Target& target) { return destination(target, *TRY(http())); }

Result<std::vector<Destination>> Parts::destinations() {
  Http* http = TRY(this->http());
  std::vector<Destination> all;
  for (const Target& target : *targets_) all.push_back(destination(target, *http));
  return all;
}

Result<std::vector<Destination>> Parts::destinations_for(const std::vector<Target>& targets) {
  targets_ = targets;
  return destinations();
}

Result<std::vector<readme::Place>> Parts::description_places() {
  Http* http = TRY(this->http());
  std::vector<readme::Place> places;
  for (const Target& target : *targets_) {
    if (!target.host) return invalid("{}: a folder shows no README; name a registry with -g", target.text);
    auto site =
        TRY(readme::site_of(*target.host, policy_.descriptions(), http->retrying, *http->credentials));
    places.push_back({target.text, std::move(site)});
  }
  return places;
}

Result<ReleaseParts> Parts::release_parts(std::vector<Destination> destinations, bool recorded) {
  ReleaseParts parts{std::move(destinations), system_clock(), nullptr, {}, tool_name(), progress_, person()};
  if (recorded) {
    parts.journal = TRY(journal());
    parts.state_folder = TRY(state_folder());
  }
  return parts;
}

Result<PublishParts> Parts::publish_parts(const Version& version, bool recorded) {
  std::vector<Destination> destinations = TRY(this->destinations());
  Store* store = TRY(this->store());
  ReleaseRepository* upstream = TRY(this->upstream(version));
  ReleaseParts release = TRY(release_parts(std::move(destinations), recorded));
  return PublishParts{{*store, *upstream, progress_}, std::move(release)};
}

}  // namespace eulerpublisher::cli
