#pragma once

#include <optional>
#include <string>
#include <vector>

#include "support/oci_rules.h"
#include "support/registry_server.h"

namespace eulerpublisher::test {

// What lies in docker-registry's storage folder: the truth, whatever the server answers and to whom.

// What a tag names; nothing when there is no such tag.
std::optional<Digest> tagged_in(const RegistryServer& registry, const std::string& tag,
                                const std::string& repository = "openeuler/openeuler");
std::vector<std::string> tags_in(const RegistryServer& registry,
                                 const std::string& repository = "openeuler/openeuler");
BlobReader storage_reader(const RegistryServer& registry);
// Requests that change something, as its log tells: POST, PUT, PATCH, DELETE.
size_t writes_to(const RegistryServer& registry);
// All requests, as its log tells.
size_t requests_to(const RegistryServer& registry);

}  // namespace eulerpublisher::test
