#include "http/authenticating.h"

#include <algorithm>

#include "base/log.h"
#include "http/base64.h"
#include "http/url.h"

namespace eulerpublisher::http {
namespace {

// The repository a request is about, for credentials that are kept by path.
std::string repository_of(const Request& request) {
  for (const std::string& scope : request.scopes)
    if (auto access = parse_scope(scope); access && access->type == "repository") return access->name;
  return {};
}

// The challenge we can answer best, or nothing.
std::optional<Challenge> choose(const Response& response) {
  std::vector<Challenge> all = parse_challenges(response.headers.all("WWW-Authenticate"));
  for (const char* scheme : {"bearer", "basic"})
    for (const Challenge& challenge : all)
      if (challenge.scheme == scheme && (challenge.scheme == "basic" || challenge.get("realm")))
        return challenge;
  return std::nullopt;
}

std::vector<std::string> split_scopes(const std::string& text) {
  std::vector<std::string> scopes;
  size_t at = 0;
  while (at < text.size()) {
    size_t end = std::min(text.find(' ', at), text.size());
    if (end > at) scopes.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return scopes;
}

}  // namespace

// One request on its way through challenges.
struct Authenticating::Sender {
  Authenticating& self;
  const Request& request;
  Url url;
  std::string registry;
  std::optional<Credential> login;
  std::stop_token stop;

  std::string used_token = {};                // to tell whether somebody else has renewed it meanwhile
  std::vector<std::string> scopes_told = {};  // by the registry, when ours were not enough

  std::string key() const {
    std::vector<std::string> sorted = request.scopes;
    std::ranges::sort(sorted);
    std::string text = url.origin() + "\n" + (login ? login->username : "");
    for (const std::string& scope : sorted) text += "\n" + scope;
    return text;
  }

  // The Authorization header, or nothing when there is nothing to say.
  Result<std::optional<std::string>> authorization() {
    auto way = self.way_of(url.origin());
    if (!way) return std::nullopt;
    if (way->challenge.scheme == "basic") {
      if (!login || login->password.empty()) return std::nullopt;
      return "Basic " + to_base64(login->username + ":" + login->password.reveal());
    }
    used_token = TRY(token(*way));
    return "Bearer " + used_token;
  }

  Result<std::string> token(const Way& way) {
    auto slot = self.slot(key());
    {
      auto mine = slot->lock();
      if (!mine.wait(stop, [](Slot& s) { return !s.fetching; })) return cancelled("stopped");
      if (mine->token && self.clock_.now() < mine->token->renew_at) return mine->token->text.reveal();
      mine->fetching = true;
    }
    Result<Token> fetched = fetch(way);
    auto mine = slot->lock();
    mine->fetching = false;
    mine.notify();
    if (!fetched.has_value()) return fetched.error();
    mine->token = *fetched;
    // A token that is about to end already is still good for the request it was fetched for.
    return mine->token->text.reveal();
  }

  Result<Token> fetch(const Way& way) {
    Url realm = TRY(url.resolve(way.challenge.get("realm").value_or("")));
    TokenWish wish{url,   realm,          way.challenge.get("service").value_or(""), request.scopes,
                   login, way.from_public};
    for (const std::string& scope : scopes_told)
      if (std::ranges::find(wish.scopes, scope) == wish.scopes.end()) wish.scopes.push_back(scope);
    if (request.scopes.empty()) wish.scopes = scopes_told;
    log_debug("asking {} for a token for {}", realm.shown(), registry);
    return fetch_token(self.next_, self.clock_, wish, stop);
  }

  // Learns from a 401; false when there is nothing to learn.
  bool learn(const Response& response) {
    auto from = Url::parse(response.url);
    if (!from.has_value() || !from->same_origin(url)) return false;  // not this registry's own challenge
    auto challenge = choose(response);
    if (!challenge || (challenge->scheme == "basic" && (!login || login->password.empty()))) return false;
    scopes_told = split_scopes(challenge->get("scope").value_or(""));
    if (!used_token.empty()) {
      auto slot = self.slot(key());
      auto mine = slot->lock();
      if (mine->token && mine->token->text.reveal() == used_token) mine->token.reset();
    }
    (*self.ways_.lock())[url.origin()] = {*challenge, response.from_public};
    return true;
  }

  Result<Response> send() {
    // At most: without a token, with one, and with another (Quay refuses the first on the very first push,
    // Q6).
    for (int left = 2;; --left) {
      Request proven = request;
      std::optional<std::string> header = TRY(authorization());
      bool basic = header && header->starts_with("Basic ");
      if (header) proven.headers.set("Authorization", *header);
      Response response = TRY(self.next_.send(proven, stop));
      if (!response.ok() && header)
        response.body = without_secrets(std::move(response.body), login, used_token);
      if (response.status != 401) return response;
      if (left > 0 && !basic && learn(response)) continue;
      if (basic) {
        std::string message = message_of(response.body);
        return denied("{} refuses the login of user {}: {}", registry, login->username,
                      message.empty() ? "401" : message);
      }
      return response;
    }
  }
};

std::optional<Authenticating::Way> Authenticating::way_of(const std::string& origin) {
  auto ways = ways_.lock();
  auto found = ways->find(origin);
  if (found == ways->end()) return std::nullopt;
  return found->second;
}

std::shared_ptr<Guarded<Authenticating::Slot>> Authenticating::slot(const std::string& key) {
  auto slots = slots_.lock();
  auto& slot = (*slots)[key];
  if (!slot) slot = std::make_shared<Guarded<Slot>>();
  return slot;
}

Result<Response> Authenticating::send(const Request& request, std::stop_token stop) {
  if (request.anonymous || request.headers.get("Authorization")) return next_.send(request, stop);
  Url url = TRY(Url::parse(request.url));
  std::string registry = canonical_registry(url.host_and_port());
  auto login =
      TRY(credentials_.find(registry, repository_of(request)).within("finding the login for {}", registry));
  Sender sender{*this, request, std::move(url), std::move(registry), std::move(login), std::move(stop)};
  return sender.send();
}

}  // namespace eulerpublisher::http
