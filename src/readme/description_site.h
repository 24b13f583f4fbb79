#pragma once

#include <memory>
#include <optional>
#include <stop_token>
#include <string>

#include "http/client.h"
#include "http/credentials.h"
#include "oci/name.h"
#include "policy/description_rules.h"

namespace eulerpublisher::readme {

// What a registry shows people of its repositories: one text in Markdown for each.  Every registry has an API
// of its own for it; the registry protocol has none.  Errors: `denied` when the login may not,
// `not_found` when there is no such repository, `unavailable`, `corrupt` when an answer is not what it should
// be, `cancelled`; none of them repeats a secret.
class DescriptionSite {
 public:
  virtual ~DescriptionSite() = default;

  // `Docker Hub`, for people.
  virtual std::string name() const = 0;
  // How many characters a text may have; nothing where no limit is documented.
  virtual std::optional<size_t> longest() const = 0;
  virtual Result<std::string> read(const RepositoryName& repository, std::stop_token stop) = 0;
  virtual Done write(const RepositoryName& repository, const std::string& text, std::stop_token stop) = 0;
};

// Where an API is, and who asks.  The client sends no credentials by itself and outlives the site, as the
// credentials do.
struct SiteParts {
  std::string registry;  // whose logins count: docker.io
  std::string url;       // of the API, without a slash at the end
  http::Client& client;
  http::CredentialSource& credentials;
};

std::unique_ptr<DescriptionSite> docker_hub(SiteParts parts);
std::unique_ptr<DescriptionSite> quay(SiteParts parts);
std::unique_ptr<DescriptionSite> harbor(SiteParts parts);

// The site of a registry, by what the policy says of it, else by its name.  `denied` for an API without TLS
// on another machine.
Result<std::unique_ptr<DescriptionSite>> site_of(const RegistryHost& registry,
                                                 const std::map<std::string, DescriptionRule>& rules,
                                                 http::Client& client, http::CredentialSource& credentials);

}  // namespace eulerpublisher::readme
