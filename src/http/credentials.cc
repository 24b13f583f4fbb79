#include "http/credentials.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <nlohmann/json.hpp>

#include "http/base64.h"
#include "http/url.h"
#include "process/launch.h"

namespace eulerpublisher::http {

std::string canonical_registry(const std::string& name) {
  std::string host = name;
  for (const char* scheme : {"https://", "http://"})
    if (host.starts_with(scheme)) host.erase(0, std::string(scheme).size());
  host.erase(std::min(host.size(), host.find('/')));
  for (char& c : host)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
  if (host == "index.docker.io" || host == "registry-1.docker.io" || host == "registry.hub.docker.com")
    return "docker.io";
  if (name.starts_with("https://") && host.ends_with(":443")) host.erase(host.size() - 4);
  return host;
}

namespace {

// As it is, and as it stands in JSON, in an address and in base64.
std::vector<std::string> forms_of(const std::string& secret) {
  std::string json = nlohmann::json(secret).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  std::vector<std::string> forms{secret, json.substr(1, json.size() - 2), percent_encode(secret),
                                 to_base64(secret)};
  while (forms.back().ends_with('=')) forms.back().pop_back();
  return forms;
}

}  // namespace

std::string without_secrets(std::string said, const std::optional<Credential>& login,
                            const std::string& bearer) {
  std::vector<std::string> secrets{bearer};
  if (login) {
    for (const std::string& secret : {login->password.reveal(), login->identity_token.reveal()})
      if (!secret.empty()) secrets.push_back(login->username + ":" + secret), secrets.push_back(secret);
  }
  for (const std::string& secret : secrets) {
    if (secret.empty()) continue;
    for (const std::string& form : forms_of(secret))
      for (size_t at = said.find(form); at != said.npos; at = said.find(form, at + 3))
        said.replace(at, form.size(), "***");
  }
  return said;
}

Environment process_environment() {
  return [](const std::string& name) -> std::optional<std::string> {
    const char* value = std::getenv(name.c_str());
    if (!value || !*value) return std::nullopt;
    return value;
  };
}

void withhold_logins() { process::withhold({"LOGIN_USERNAME", "LOGIN_PASSWORD", "EP_LOGIN_FILE"}); }

Result<std::optional<Credential>> EnvironmentCredentials::find(const std::string& registry,
                                                               const std::string&) {
  if (registries_.size() != 1 || canonical_registry(registries_[0]) != canonical_registry(registry))
    return std::nullopt;
  auto username = environment_("LOGIN_USERNAME");
  auto password = environment_("LOGIN_PASSWORD");
  if (!username && !password) return std::nullopt;
  if (!username) return invalid("LOGIN_PASSWORD is set and LOGIN_USERNAME is not; set both or neither");
  if (!password) return invalid("LOGIN_USERNAME is set and LOGIN_PASSWORD is not; set both or neither");
  return Credential{*username, Secret(*password), {}};
}

Result<std::optional<Credential>> StaticCredentials::find(const std::string& registry, const std::string&) {
  auto found = known_.find(canonical_registry(registry));
  if (found == known_.end()) return std::nullopt;
  return found->second;
}

Result<std::optional<Credential>> CredentialChain::find(const std::string& registry,
                                                        const std::string& repository) {
  // Held while a helper is asked, so that two threads do not open two windows.
  auto known = found_.lock();
  std::string key = canonical_registry(registry) + "\n" + repository;
  if (auto found = known->find(key); found != known->end()) return found->second;
  std::optional<Credential> first;
  for (auto source = sources_.begin(); source != sources_.end() && !first; ++source)
    first = TRY((*source)->find(registry, repository));
  known->emplace(key, first);
  return first;
}

Result<Secret> read_password(int fd) {
  std::string line;
  char byte = 0;
  while (line.size() < 64 * 1024) {
    ssize_t count = ::read(fd, &byte, 1);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return system_error(errno, "reading the password");
    if (count == 0 || byte == '\n') break;
    line += byte;
  }
  if (line.ends_with('\r')) line.pop_back();
  if (line.empty()) return invalid("there is no password on standard input");
  return Secret(std::move(line));
}

}  // namespace eulerpublisher::http
