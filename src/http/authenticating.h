#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/guarded.h"
#include "http/challenge.h"
#include "http/client.h"
#include "http/credentials.h"
#include "http/token.h"

namespace eulerpublisher::http {

// Answers a registry's challenges: basic, and bearer tokens with Request::scopes (the first scope is what is
// needed, the others are taken if they can be had).  Tokens are kept in memory by registry, user and scopes,
// renewed a little before they end, and renewed when a registry refuses one in mid-upload: the request is
// then sent again, body and all.  A request that has an Authorization header already is passed on as it is.
// Credentials go to the registry they belong to and to the token server it names, nowhere else. A login that
// is refused is the error `denied`; a registry that refuses a fresh token answers 401, as a Response.
class Authenticating : public Client {
 public:
  Authenticating(Client& next, CredentialSource& credentials, Clock& clock)
      : next_(next), credentials_(credentials), clock_(clock) {}
  Result<Response> send(const Request& request, std::stop_token stop) override;

 private:
  // How a registry wants to be answered, once it has said so.
  struct Way {
    Challenge challenge;
    bool from_public = false;
  };
  // The token for one registry, user and set of scopes; one thread fetches it, the others wait.
  struct Slot {
    std::optional<Token> token;
    bool fetching = false;
  };
  struct Sender;

  std::optional<Way> way_of(const std::string& origin);
  std::shared_ptr<Guarded<Slot>> slot(const std::string& key);

  Client& next_;
  CredentialSource& credentials_;
  Clock& clock_;
  Guarded<std::map<std::string, Way>> ways_;  // by origin
  Guarded<std::map<std::string, std::shared_ptr<Guarded<Slot>>>> slots_;
};

}  // namespace eulerpublisher::http
