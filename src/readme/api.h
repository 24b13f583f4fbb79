#pragma once

#include <nlohmann/json.hpp>

#include "readme/description_site.h"

namespace eulerpublisher::readme {

// What the APIs have in common: JSON there and back, a login, and answers that say no.
class Api {
 public:
  explicit Api(SiteParts parts) : parts_(std::move(parts)) {}

  // The registry's login; `denied` with `advice` when there is none.
  Result<http::Credential> login(const RepositoryName& repository, std::string_view advice) const;
  // The document that a request is answered with; an empty answer is an empty object.  `path` begins with a
  // slash and is percent-encoded.  `authorization` is the header's value, `secrets` what no message may
  // repeat.
  Result<nlohmann::json> ask(const std::string& method, const std::string& path,
                             const std::optional<nlohmann::json>& body, const std::string& authorization,
                             const http::Credential& secrets, std::stop_token stop) const;

 private:
  SiteParts parts_;
};

// The text under `key`, empty where it is null or missing.
std::string text_in(const nlohmann::json& json, const char* key);

}  // namespace eulerpublisher::readme
