#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/guarded.h"
#include "base/result.h"
#include "http/secret.h"

namespace eulerpublisher::http {

// What proves to a registry who we are: a name and a password, or an identity token (OAuth2 refresh token).
struct Credential {
  std::string username;
  Secret password;
  Secret identity_token;
};

// What a server said, without the login's password and tokens, in whatever form they travelled: a badly made
// one repeats them.  `bearer`: a token of this run, or empty.
std::string without_secrets(std::string said, const std::optional<Credential>& login,
                            const std::string& bearer = {});

// Where credentials come from.  Safe from any thread.
class CredentialSource {
 public:
  virtual ~CredentialSource() = default;
  // The credential for a registry (`quay.io`, `127.0.0.1:5000`), or nothing.  `repository`
  // (`openeuler/openeuler`, may be empty) lets a source be more precise.  An error means that there is one
  // and that it cannot be read.
  virtual Result<std::optional<Credential>> find(const std::string& registry,
                                                 const std::string& repository) = 0;
};

// `docker.io` for all the names Docker Hub goes by (index.docker.io, registry-1.docker.io,
// https://index.docker.io/v1/); any other registry's own name, without scheme, path and closing slash.
std::string canonical_registry(const std::string& name);

// How environment variables are read; an empty variable counts as none.
using Environment = std::function<std::optional<std::string>(const std::string& name)>;
Environment process_environment();

// LOGIN_USERNAME, LOGIN_PASSWORD and EP_LOGIN_FILE are for us alone: engines, scripts of tests and credential
// helpers do not get them.  To be called before the first is started.
void withhold_logins();

// LOGIN_USERNAME and LOGIN_PASSWORD, in a run with one registry.  With several they say nothing, since nobody
// knows whose they are.  One without the other is `invalid`.
class EnvironmentCredentials : public CredentialSource {
 public:
  EnvironmentCredentials(std::vector<std::string> registries, Environment environment)
      : registries_(std::move(registries)), environment_(std::move(environment)) {}
  Result<std::optional<Credential>> find(const std::string& registry, const std::string& repository) override;

 private:
  std::vector<std::string> registries_;
  Environment environment_;
};

// Credentials that are known beforehand: tests, --password-stdin.
class StaticCredentials : public CredentialSource {
 public:
  void add(const std::string& registry, Credential credential) {
    known_[canonical_registry(registry)] = std::move(credential);
  }
  Result<std::optional<Credential>> find(const std::string& registry, const std::string& repository) override;

 private:
  std::map<std::string, Credential> known_;
};

// Several sources, the first that has something counts.  What was found, or not found, is remembered: files
// and helpers are asked once in a run.
class CredentialChain : public CredentialSource {
 public:
  void add(std::unique_ptr<CredentialSource> source) { sources_.push_back(std::move(source)); }
  Result<std::optional<Credential>> find(const std::string& registry, const std::string& repository) override;

 private:
  std::vector<std::unique_ptr<CredentialSource>> sources_;
  Guarded<std::map<std::string, std::optional<Credential>>> found_;  // by registry and repository
};

// A password from an open file (--password-stdin): its first line.  `invalid` when there is none.
Result<Secret> read_password(int fd);

}  // namespace eulerpublisher::http
