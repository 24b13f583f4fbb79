#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "http/client.h"
#include "http/credentials.h"
#include "http/url.h"

namespace eulerpublisher::http {

// One entry of a token's `access` claim, or a scope: what may be done with a resource.
struct Access {
  std::string type, name;
  std::set<std::string> actions;
};

// `repository:openeuler/openeuler:pull,push`; nothing when it is no scope.
std::optional<Access> parse_scope(std::string_view scope);

// The `access` claim of a JSON web token.  Nothing when the token is of another kind or says nothing of the
// sort: most registries' tokens are a matter between them and their token server.  The signature is not ours
// to check.
std::optional<std::vector<Access>> access_of(std::string_view token);

// The actions of `wanted` that a token with this access does not allow.  When none of the names in it is one
// that we asked for, the registry uses names of its own, and nothing can be said: empty.
std::set<std::string> missing(const Access& wanted, const std::vector<Access>& granted,
                              const std::vector<std::string>& asked);

struct Token {
  Secret text;
  // From here on it should not be used for a new request: a little before its end.
  Instant renew_at;
  std::optional<std::vector<Access>> access;
};

// What a token server answered with 200: `token` or `access_token`, `expires_in` (default 60 s), `issued_at`
// (distribution/distribution, "Token Authentication Specification").  `corrupt` when there is no token in it.
Result<Token> parse_token(const Response& answer, Instant now);

struct TokenWish {
  Url registry;  // who asks for the token
  Url realm;
  std::string service;
  // The first is what the token is for, the others are taken if they can be had.
  std::vector<std::string> scopes;
  std::optional<Credential> login;
  bool public_only = false;
};

// Fetches a token from the realm: with a name and password, with an identity token (OAuth2), or anonymously.
// `denied` says who is refused what.  The realm must be https, or as close as the registry itself.
Result<Token> fetch_token(Client& client, Clock& clock, const TokenWish& wish, std::stop_token stop);

// The message in a server's error body, for people: short, printable, without secrets; empty when there is
// none.
std::string message_of(std::string_view body);

}  // namespace eulerpublisher::http
