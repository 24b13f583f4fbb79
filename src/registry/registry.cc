#include "registry/registry.h"

#include <algorithm>

#include "base/log.h"
#include "http/retrying.h"

namespace eulerpublisher {
namespace {

using std::chrono::milliseconds;

// A registry that asks for more is taken to be down.
constexpr std::chrono::minutes longest_patience{5};

http::Url base_url(const RegistryHost& host, const RegistryOptions& options) {
  bool plain = options.plain_http.value_or(host.is_loopback());
  // A RegistryHost has been checked to be a host with a port, so this cannot fail.
  return *http::Url::parse((plain ? "http://" : "https://") + api_host(host).text() + "/v2/");
}

}  // namespace

Registry::Registry(http::Client& client, RegistryHost host, RegistryOptions options)
    : client_(client),
      host_(std::move(host)),
      options_(std::move(options)),
      base_(base_url(host_, options_)) {
  Profile profile = options_.profile ? *options_.profile : profile_for(host_);
  at_once_ = std::max(1, profile.at_once);
  per_second_ = profile.per_second;
  known_.lock()->profile = std::move(profile);
}

http::Url Registry::url(const std::string& path) const { return *http::Url::parse(base_.text() + path); }

Done Registry::enter(std::stop_token stop) {
  milliseconds early{0};
  {
    auto traffic = traffic_.lock();
    if (!traffic.wait(stop, [&](const Traffic& now) { return now.in_flight < at_once_; }))
      return cancelled("stopped while waiting for other requests to {}", host_.text());
    ++traffic->in_flight;
    if (per_second_ && *per_second_ > 0) {
      Instant now = options_.clock->now();
      early = std::chrono::ceil<milliseconds>(std::max(traffic->next - now, Instant::duration::zero()));
      traffic->next = std::max(traffic->next, now) + std::chrono::duration_cast<Instant::duration>(
                                                         std::chrono::duration<double>(1 / *per_second_));
    }
  }
  if (early > milliseconds(0)) {
    Done slept = options_.clock->sleep(early, stop);
    if (!slept) {
      leave();
      return slept;
    }
  }
  return {};
}

void Registry::leave() {
  auto traffic = traffic_.lock();
  --traffic->in_flight;
  traffic.notify();
}

Result<http::Response> Registry::send(const http::Request& request, std::stop_token stop) {
  TRY(enter(stop));
  auto response = client_.send(request, stop);
  leave();
  return response;
}

Done Registry::wait(int attempt, const http::Response* after, std::stop_token stop) {
  auto time = milliseconds(500) * (1 << std::min(attempt, 6));
  time += std::chrono::duration_cast<milliseconds>(time * options_.random->unit());
  std::optional<milliseconds> asked;
  if (after) asked = http::retry_after(*after, options_.clock->now());
  if (asked > longest_patience)
    return unavailable("{} asks to be left alone for {} seconds; try again then", host_.text(),
                       std::chrono::ceil<std::chrono::seconds>(*asked).count());
  if (asked) time = std::max(time, *asked);
  return options_.clock->sleep(time, stop);
}

Profile Registry::profile() { return known_.lock()->profile; }

void Registry::learn_pieces(uint64_t largest) {
  auto known = known_.lock();
  Profile& profile = known->profile;
  if (profile.way == Profile::Way::pieces && profile.largest_piece <= largest) return;
  profile.way = Profile::Way::pieces;
  profile.streaming = false;
  profile.largest_piece = std::min(profile.largest_piece, largest);
  log_info("{}: from now on uploads go in pieces of at most {} bytes", host_.text(), profile.largest_piece);
}

void Registry::learn_whole() {
  auto known = known_.lock();
  known->profile.way = Profile::Way::whole;
  known->profile.streaming = false;
  known->profile.pieces = false;
  log_info("{}: from now on uploads go in one request", host_.text());
}

void Registry::learn_no_streaming() { known_.lock()->profile.streaming = false; }

void Registry::learn_last_with_put() { known_.lock()->profile.empty_closing_put = false; }

void Registry::learn_range_within_piece() {
  known_.lock()->profile.range = Profile::RangeMeaning::within_piece;
}

void Registry::note(const RepositoryName& repository, const Digest& digest) {
  known_.lock()->holders[digest].insert(repository);
}

bool Registry::noted(const RepositoryName& repository, const Digest& digest) {
  auto known = known_.lock();
  auto found = known->holders.find(digest);
  return found != known->holders.end() && found->second.contains(repository);
}

std::vector<RepositoryName> Registry::sources(const RepositoryName& repository, const Digest& digest) {
  std::vector<RepositoryName> found;
  {
    auto known = known_.lock();
    if (auto holders = known->holders.find(digest); holders != known->holders.end())
      found.assign(holders->second.begin(), holders->second.end());
  }
  if (found.empty()) found = options_.siblings;
  std::erase(found, repository);
  return found;
}

Result<Registry::Turn> Registry::take_turn(const Digest& digest, std::stop_token stop) {
  auto uploading = uploading_.lock();
  if (!uploading.wait(stop, [&](const std::set<Digest>& now) { return !now.contains(digest); }))
    return cancelled("stopped while waiting for another upload of {}", digest.brief());
  uploading->insert(digest);
  return Turn(*this, digest);
}

Registry::Turn::~Turn() {
  if (!registry_) return;
  auto uploading = registry_->uploading_.lock();
  uploading->erase(digest_);
  uploading.notify();
}

}  // namespace eulerpublisher
