#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "http/credentials.h"

namespace eulerpublisher::http {

// What `docker login` and `podman login` leave behind (docker's config.json, containers-auth.json(5)).
struct AuthFile {
  // By registry, or registry/namespace[/name] as podman writes them; Docker Hub is `docker.io`.  An entry
  // without anything in it says that a helper has the login.
  std::map<std::string, Credential> logins;
  std::map<std::string, std::string> helpers;  // by registry
  std::string store;                           // the helper for all others; empty: none

  // `invalid` when it is no such file.  `file` is for messages; they repeat nothing of the content but
  // registries.
  static Result<AuthFile> parse(std::string_view json, const std::string& file);
};

// Asks a credential helper, see ask_credential_helper().
using AskHelper =
    std::function<Result<std::optional<Credential>>(const std::string& helper, const std::string& registry)>;

// Logins from auth files, the first file that has one counts.  Within a file: the registry's own helper, then
// the store for all, then the entry whose key fits the repository best.  A file that is not there holds
// nothing.
class AuthFiles : public CredentialSource {
 public:
  AuthFiles(std::vector<std::filesystem::path> files, AskHelper ask)
      : files_(std::move(files)), ask_(std::move(ask)) {}
  Result<std::optional<Credential>> find(const std::string& registry, const std::string& repository) override;

  // $REGISTRY_AUTH_FILE alone when it is set, else $XDG_RUNTIME_DIR/containers/auth.json,
  // ~/.config/containers/auth.json and ~/.docker/config.json ($XDG_CONFIG_HOME and $DOCKER_CONFIG are
  // heeded).
  static std::vector<std::filesystem::path> usual(const Environment& environment);

 private:
  Result<std::optional<Credential>> look_into(const std::filesystem::path& file, const std::string& registry,
                                              const std::string& repository);

  std::vector<std::filesystem::path> files_;
  AskHelper ask_;
};

}  // namespace eulerpublisher::http
