#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "base/result.h"
#include "http/credentials.h"

namespace eulerpublisher::http {

// Asks `docker-credential-NAME get` for a registry's login (github.com/docker/docker-credential-helpers): no
// shell, the registry goes in by standard input.  Nothing when the helper knows none.  `not_found` when there
// is no such program, `invalid` when `name` is no name of a helper, `unavailable` when it fails or does not
// answer in time.
Result<std::optional<Credential>> ask_credential_helper(
    const std::string& name, const std::string& registry,
    std::chrono::milliseconds patience = std::chrono::seconds(30));

}  // namespace eulerpublisher::http
