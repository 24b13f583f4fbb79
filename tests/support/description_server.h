#pragma once

#include <map>
#include <memory>
#include <string>

#include "base/guarded.h"
#include "support/http_server.h"

namespace eulerpublisher::test {

// A registry's API for the texts it shows, as its documentation describes it: Docker Hub (a login is
// exchanged for a token; at most 25,000 characters), Quay (an OAuth token) or Harbor (the login itself;
// repositories are named percent-encoded twice).  Nothing is shown or changed without the login.
class DescriptionServer {
 public:
  enum class Kind { docker_hub, quay, harbor };

  // Of Quay, `secret` is the token and `user` counts for nothing.
  DescriptionServer(Kind kind, std::string user, std::string secret);

  void put(const std::string& repository, const std::string& text) { (*texts_.lock())[repository] = text; }
  std::string text(const std::string& repository) { return (*texts_.lock())[repository]; }
  HttpServer& server() { return *server_; }

 private:
  ServerAnswer answer(ServerRequest& request);
  ServerAnswer log_in(ServerRequest& request) const;
  ServerAnswer refuse(int status, const std::string& why) const;
  // The repository that a path names; empty: none.
  std::string repository_in(const std::string& path) const;

  Kind kind_;
  std::string user_, secret_;
  Guarded<std::map<std::string, std::string>> texts_;
  std::unique_ptr<HttpServer> server_;  // last: its threads use the rest
};

}  // namespace eulerpublisher::test
