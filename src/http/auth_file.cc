#include "http/auth_file.h"

#include <nlohmann/json.hpp>

#include "base/log.h"
#include "http/base64.h"
#include "stream/stream.h"

namespace eulerpublisher::http {
namespace {

using nlohmann::json;
namespace fs = std::filesystem;

std::string text_at(const json& object, const char* name) {
  if (!object.is_object()) return {};
  auto found = object.find(name);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

// `https://index.docker.io/v1/` and `quay.io/openeuler/` as they are looked up.  What has a scheme or ends in
// an API version is a host.
std::string normal_key(const std::string& key) {
  std::string path = key;
  while (path.ends_with('/')) path.pop_back();
  bool is_host = key.find("://") != key.npos || path.ends_with("/v1") || path.ends_with("/v2");
  std::string host = canonical_registry(key);
  size_t slash = path.find('/');
  return is_host || slash == path.npos ? host : host + path.substr(slash);
}

Result<Credential> read_login(const json& entry, const std::string& registry, const std::string& file) {
  Credential login{text_at(entry, "username"), Secret(text_at(entry, "password")),
                   Secret(text_at(entry, "identitytoken"))};
  std::string encoded = text_at(entry, "auth");
  if (encoded.empty()) return login;
  auto decoded = from_base64(encoded);
  size_t colon = decoded ? decoded->find(':') : std::string::npos;
  if (colon == std::string::npos)
    return invalid("{}: the entry for {} holds no user and password; log in again with `docker login {}`",
                   file, registry, registry);
  login.username = decoded->substr(0, colon);
  Secret password(decoded->substr(colon + 1));
  while (password.reveal().ends_with('\0'))
    password = Secret(password.reveal().substr(0, password.reveal().size() - 1));
  if (login.username == "<token>")
    login = {"", {}, std::move(password)};
  else
    login.password = std::move(password);
  return login;
}

bool says_something(const Credential& login) {
  return !login.identity_token.empty() || (!login.username.empty() && !login.password.empty());
}

// `host/a/b`, `host/a`, `host`.
const Credential* best_fit(const AuthFile& auth, const std::string& registry, const std::string& repository) {
  std::string key = repository.empty() ? registry : registry + "/" + repository;
  while (true) {
    auto found = auth.logins.find(key);
    if (found != auth.logins.end() && says_something(found->second)) return &found->second;
    size_t slash = key.rfind('/');
    if (slash == key.npos) return nullptr;
    key.erase(slash);
  }
}

}  // namespace

Result<AuthFile> AuthFile::parse(std::string_view text, const std::string& file) {
  json root = json::parse(text, nullptr, false);
  if (!root.is_object()) return invalid("{} is not the JSON that `docker login` writes; log in again", file);
  AuthFile auth;
  if (root.contains("auths") && root["auths"].is_object())
    for (const auto& [key, entry] : root["auths"].items()) {
      std::string name = normal_key(key);
      Credential login = TRY(read_login(entry, name, file));
      auth.logins.insert_or_assign(name, std::move(login));
    }
  if (root.contains("credHelpers") && root["credHelpers"].is_object())
    for (const auto& [key, helper] : root["credHelpers"].items())
      if (helper.is_string()) auth.helpers[normal_key(key)] = helper.get<std::string>();
  auth.store = text_at(root, "credsStore");
  return auth;
}

Result<std::optional<Credential>> AuthFiles::find(const std::string& registry,
                                                  const std::string& repository) {
  for (const fs::path& file : files_) {
    auto found = TRY(look_into(file, canonical_registry(registry), repository));
    if (found) return found;
  }
  return std::nullopt;
}

Result<std::optional<Credential>> AuthFiles::look_into(const fs::path& file, const std::string& registry,
                                                       const std::string& repository) {
  std::error_code ignored;
  if (!fs::exists(file, ignored)) return std::nullopt;
  std::string text = TRY(read_file(file.string(), 4 * 1024 * 1024).within("reading the logins"));
  AuthFile auth = TRY(AuthFile::parse(text, file.string()));
  // Helpers know Docker Hub by the name that docker has always used.
  std::string asked_as = registry == "docker.io" ? "https://index.docker.io/v1/" : registry;
  if (auto helper = auth.helpers.find(registry); helper != auth.helpers.end()) {
    auto found = TRY(ask_(helper->second, asked_as).within("{}: the login for {}", file.string(), registry));
    if (found) return found;
  } else if (!auth.store.empty()) {
    auto found = ask_(auth.store, asked_as);
    // A store that does not work matters where it is said to hold this login.
    if (!found.has_value() && auth.logins.contains(registry) && !best_fit(auth, registry, repository))
      return std::move(found).within("{}: the login for {}", file.string(), registry);
    if (!found.has_value()) log_debug("{}: {}", file.string(), found.error().text());
    if (found.has_value() && *found) return found;
  }
  const Credential* login = best_fit(auth, registry, repository);
  if (!login) return std::nullopt;
  return *login;
}

std::vector<fs::path> AuthFiles::usual(const Environment& environment) {
  if (auto only = environment("REGISTRY_AUTH_FILE")) return {*only};
  std::vector<fs::path> files;
  auto home = environment("HOME");
  if (auto runtime = environment("XDG_RUNTIME_DIR"))
    files.push_back(fs::path(*runtime) / "containers/auth.json");
  if (auto config = environment("XDG_CONFIG_HOME"))
    files.push_back(fs::path(*config) / "containers/auth.json");
  else if (home)
    files.push_back(fs::path(*home) / ".config/containers/auth.json");
  if (auto docker = environment("DOCKER_CONFIG"))
    files.push_back(fs::path(*docker) / "config.json");
  else if (home)
    files.push_back(fs::path(*home) / ".docker/config.json");
  return files;
}

}  // namespace eulerpublisher::http
