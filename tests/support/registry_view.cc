#include "support/registry_view.h"

#include <algorithm>

#include "support/release_site.h"

namespace eulerpublisher::test {
namespace {

namespace fs = std::filesystem;

fs::path tags_folder(const RegistryServer& registry, const std::string& repository) {
  return registry.storage() / "docker/registry/v2/repositories" / repository / "_manifests/tags";
}

}  // namespace

std::optional<Digest> tagged_in(const RegistryServer& registry, const std::string& tag,
                                const std::string& repository) {
  auto digest = Digest::parse(read_text(tags_folder(registry, repository) / tag / "current/link"));
  return digest ? std::optional(*digest) : std::nullopt;
}

std::vector<std::string> tags_in(const RegistryServer& registry, const std::string& repository) {
  std::vector<std::string> tags;
  std::error_code absent;
  for (const auto& tag : fs::directory_iterator(tags_folder(registry, repository), absent))
    tags.push_back(tag.path().filename().string());
  std::ranges::sort(tags);
  return tags;
}

BlobReader storage_reader(const RegistryServer& registry) {
  fs::path blobs = registry.storage() / "docker/registry/v2/blobs/sha256";
  return [blobs](const Digest& digest) -> std::optional<std::string> {
    std::string hex(digest.hex());
    fs::path file = blobs / hex.substr(0, 2) / hex / "data";
    if (!fs::exists(file)) return std::nullopt;
    return read_text(file);
  };
}

size_t writes_to(const RegistryServer& registry) {
  size_t count = 0;
  std::string log = registry.log();
  for (const char* method : {"\"POST /v2/", "\"PUT /v2/", "\"PATCH /v2/", "\"DELETE /v2/"})
    count += count_lines(log, method);
  return count;
}

size_t requests_to(const RegistryServer& registry) {
  std::string log = registry.log();
  return writes_to(registry) + count_lines(log, "\"GET /") + count_lines(log, "\"HEAD /");
}

}  // namespace eulerpublisher::test
