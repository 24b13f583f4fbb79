#include "http/url.h"
#include "readme/description_site.h"

namespace eulerpublisher::readme {

Result<std::unique_ptr<DescriptionSite>> site_of(const RegistryHost& registry,
                                                 const std::map<std::string, DescriptionRule>& rules,
                                                 http::Client& client, http::CredentialSource& credentials) {
  using Api = DescriptionRule::Api;
  std::string name = http::canonical_registry(registry.text());
  DescriptionRule rule;
  auto known = rules.find(registry.text());
  if (known != rules.end())
    rule = known->second;
  else if (name == "docker.io")
    rule.api = Api::docker_hub;
  else if (name == "quay.io")
    rule.api = Api::quay;
  if (rule.url.empty()) {
    std::string host = rule.api == Api::docker_hub && name == "docker.io" ? "hub.docker.com" : name;
    rule.url = fmt::format("{}://{}", registry.is_loopback() ? "http" : "https", host);
  }
  auto url = http::Url::parse(rule.url);
  if (!url) return invalid("the API of {}: {}", registry.text(), url.error().text());
  if (!url->secure() && !url->is_loopback())
    return denied("the API of {} is {}, without TLS: a password does not go there", registry.text(),
                  rule.url);
  SiteParts parts{name, rule.url, client, credentials};
  switch (rule.api) {
    case Api::docker_hub:
      return docker_hub(std::move(parts));
    case Api::quay:
      return quay(std::move(parts));
    case Api::harbor:
      break;
  }
  return harbor(std::move(parts));
}

}  // namespace eulerpublisher::readme
