#include "http/credentials.h"

#include <cstdlib>

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

Environment process_environment() {
  return [](const std::string& name) -> std::optional<std::string> {
    const char* value = std::getenv(name.c_str());
    if (!value || !*value) return std::nullopt;
    return value;
  };
}

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
  for (const auto& source : sources_) {
    auto found = TRY(source->find(registry, repository));
    if (found) return found;
  }
  return std::nullopt;
}

}  // namespace eulerpublisher::http
