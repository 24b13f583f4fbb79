#include "faults/two_registries.h"

#include <stdexcept>
#include <thread>

#include "oci/media_type.h"

namespace eulerpublisher::test {
namespace {

const std::string repository_name = "openeuler/openeuler";

// A test that cannot be set up is no test.
template <class T>
T must(Result<T> result) {
  if (!result) throw std::runtime_error(result.error().text());
  return std::move(*result);
}
void must(Done done) {
  if (!done) throw std::runtime_error(done.error().text());
}

// The program's side of the wire, for one run.
struct Wire {
  Wire(Clock& clock, Random& random, http::RetryRules rules, std::chrono::milliseconds patience)
      : curl({.ca_files = {},
              .client_certificate = {},
              .client_key = {},
              .certs_d = {},
              .stall_patience = patience}),
        retrying(curl, clock, random, rules),
        authenticated(retrying, credentials, clock),
        anonymous(retrying, no_credentials, clock) {}

  http::CurlClient curl;
  http::Retrying retrying;
  http::StaticCredentials credentials, no_credentials;
  http::Authenticating authenticated, anonymous;
};

// Some random bytes, so that layers are long enough to be cut.
std::string noise(size_t size, uint64_t state) {
  std::string bytes(size, '\0');
  for (char& byte : bytes) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    byte = static_cast<char>(state >> 56);
  }
  return bytes;
}

void put_release(ReleaseSite& site, const std::string& created) {
  for (const std::string architecture : {"amd64", "arm64"}) {
    ArchiveRecipe recipe = small_archive(platform_of(architecture), sp1);
    recipe.created = created;
    recipe.layers[0].push_back(
        {.path = "./etc/made",
         .content = created + noise(20'000, digest_of(created + architecture).hex()[0])});
    site.put(architecture, make_archive(recipe));
  }
}

Whole make_whole(const ReleaseSite& site) {
  TempFolder folder("ep-states");
  auto store = must(Store::open(folder / "store"));
  http::CurlClient nobody;
  ReleaseRepository upstream({site.folder().string()}, nobody);
  ReleaseRequest request = TwoStates::request();
  Release release = must(upstream.look({request.version.text(), request.index, request.required, {}}, {}));
  return whole_of(must(prepare(request, release, {}, {*store, upstream, no_progress()}, {}, {})));
}

// In pieces of a few KiB, so that PATCH and Range are part of every run.
Profile small_pieces() {
  Profile profile;
  profile.way = Profile::Way::pieces;
  profile.smallest_piece = 1 << 10;
  profile.largest_piece = 8 << 10;
  return profile;
}

}  // namespace

Done QuickClock::sleep(std::chrono::milliseconds time, std::stop_token stop) {
  if (stop.stop_requested()) return cancelled("stopped while waiting");
  now_ += std::chrono::duration_cast<Instant::duration>(time).count();
  if (when_somebody_sleeps) when_somebody_sleeps();
  std::this_thread::yield();
  return {};
}

Whole whole_of(const PreparedRelease& prepared) {
  Whole whole{prepared.index.digest(), {}, {}};
  for (const AssembledImage& image : prepared.images) {
    whole.manifests[image.manifest.digest()] = {image.manifest->media_type, image.manifest.bytes()};
    whole.blobs[digest_of(image.config)] = image.config;
    for (const Descriptor& layer : image.layers) {
      auto source = must(prepared.layers.at(layer.digest)->open(0, {}));
      whole.blobs[layer.digest] = must(read_all(*source, 16 << 20));
    }
  }
  whole.manifests[whole.index] = prepared.complete().raw_index();
  return whole;
}

ReleaseRequest TwoStates::request() {
  ReleaseRequest request{*Version::parse(sp1), ReleaseIndex::first(), {}, {}, {}, {}, {}, {}, false, false};
  request.required = {platform_of("amd64"), platform_of("arm64")};
  for (const char* name : {"24.03-lts-sp1", "24.03", "latest"})
    request.tags.push_back({*Tag::parse(name), std::string(name) != "24.03-lts-sp1", "for this test"});
  request.canonical_source = "https://repo.example.org";
  return request;
}

TwoStates::TwoStates() {
  put_release(older_site_, "2024-06-01T10:00:00Z");
  put_release(newer_site_, "2024-09-01T10:00:00Z");
  older_ = make_whole(older_site_);
  newer_ = make_whole(newer_site_);
}

TwoRegistries::TwoRegistries(const TwoStates& states, Before before) : states_(states) {
  store_ = must(Store::open(folder_ / "store"));
  journal_ = must(Journal::open(folder_ / "state", clock_));
  http::CurlClient curl;
  for (int number = 0; number < 2; ++number) {
    auto far = std::make_unique<FaultyRegistry>(Habits{.cut_ends_session = number == 0, .token_uses = 25});
    for (const auto& [digest, bytes] : states.older().blobs) far->add_blob(repository_name, bytes);
    Wire wire(clock_, system_random(), {}, std::chrono::seconds(10));
    auto registry = std::make_shared<Registry>(wire.authenticated, far->host());
    RemoteRepository repository(registry, *RepositoryName::parse(repository_name));
    for (const auto& [digest, manifest] : states.older().manifests)
      if (digest != states.older().index) must(repository.put_manifest(manifest, {}));
    const RawManifest& index = states.older().manifests.at(states.older().index);
    must(repository.put_manifest(index, {}));
    for (const EarnedTag& tag : TwoStates::request().tags)
      if (tag.special || before == Before::older_everywhere) must(repository.tag(tag.tag, index, {}));
    filled_.push_back(far->server().seen().size());
    far_.push_back(std::move(far));
  }
  clock_.when_somebody_sleeps = [this] {
    if (!doors_open_) return;
    for (auto& far : far_) far->server().open_door();
  };
}

Ended TwoRegistries::publish(int tries) {
  http::RetryRules rules;
  rules.tries = tries;
  Wire wire(clock_, system_random(), rules, std::chrono::milliseconds(150));
  ReleaseRepository upstream({states_.source()}, wire.retrying, clock_);
  PublishParts parts{{*store_, upstream, no_progress()},
                     {{}, clock_, journal_.get(), folder_ / "state", "a test", no_progress()}};
  for (size_t number = 0; number < far_.size(); ++number) {
    RegistryOptions options;
    options.clock = &clock_;
    if (number == 1) options.profile = small_pieces();
    wire.credentials.add(far_[number]->host().text(), {"somebody", http::Secret("a password"), {}});
    auto open = [&](http::Client& client) {
      return std::make_shared<RemoteRepository>(
          std::make_shared<Registry>(client, far_[number]->host(), options),
          *RepositoryName::parse(repository_name));
    };
    parts.release.destinations.push_back(
        {number == 0 ? "first" : "second", open(wire.authenticated), open(wire.anonymous)});
  }
  return Publisher(TwoStates::request(), std::move(parts), {}).publish({});
}

std::vector<HttpServer::Seen> TwoRegistries::seen(size_t which) const {
  auto all = far_[which]->server().seen();
  all.erase(all.begin(), all.begin() + static_cast<ptrdiff_t>(filled_[which]));
  return all;
}

std::optional<Digest> TwoRegistries::tag(size_t which, const Tag& tag) {
  auto bytes = far_[which]->manifest(repository_name, tag.text());
  return bytes ? std::optional(digest_of(*bytes)) : std::nullopt;
}

std::string TwoRegistries::missing(size_t which, const Whole& whole) {
  for (const auto& [digest, manifest] : whole.manifests)
    if (far_[which]->manifest(repository_name, digest.text()) != manifest.bytes)
      return "manifest " + digest.text();
  for (const auto& [digest, bytes] : whole.blobs)
    if (far_[which]->blob(repository_name, digest) != bytes) return "blob " + digest.text();
  return {};
}

bool TwoRegistries::journal_has_unfinished() { return !must(journal_->unfinished()).empty(); }

}  // namespace eulerpublisher::test
