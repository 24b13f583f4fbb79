#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/guarded.h"
#include "base/result.h"
#include "support/http_server.h"
#include "support/process.h"

namespace eulerpublisher::test {

// A token server as Docker's "Token Authentication Specification" has it: signs real JWTs (RS256, the
// certificate in x5c) that a docker-registry checks against the same certificate.
class TokenServer {
 public:
  struct Options {
    std::string user = "publisher", password = "a password";
    // Whether those without a login may pull.
    bool public_pull = true;
    // How long a registry takes a token, in seconds, whatever the server says about it.  docker-registry
    // forgives a minute, which is already taken off.
    int lifetime = 300;
    // Shown to whoever is refused, as badly made servers do; `{}` stands for what they sent as Authorization.
    std::string complaint = "unauthorized";
  };

  // `not_found` when there is no openssl to make a certificate with.
  static Result<std::unique_ptr<TokenServer>> start(Options options);

  // The `auth:` section of a registry that believes this server.
  std::string auth_yaml() const;
  // Scopes of every token that was asked for, `anonymous: ` before those without a login.
  std::vector<std::string> asked() { return *asked_.lock(); }
  size_t refused() const { return refused_; }
  HttpServer& server() { return *server_; }

 private:
  explicit TokenServer(Options options) : options_(std::move(options)) {}
  Done make_certificate();
  ServerAnswer answer(const ServerRequest& request);
  // A token that allows what was asked for, as far as this user may.
  std::string sign(const std::vector<std::string>& scopes, bool known);

  Options options_;
  TempFolder folder_{"ep-token"};
  std::string key_, certificate_;  // PEM
  Guarded<std::vector<std::string>> asked_;
  std::atomic<size_t> refused_ = 0;
  std::unique_ptr<HttpServer> server_;  // last: its threads use the rest
};

}  // namespace eulerpublisher::test
