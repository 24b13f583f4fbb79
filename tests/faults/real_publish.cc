#include "faults/real_publish.h"

#include <algorithm>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include "support/places.h"

namespace eulerpublisher::test {

namespace fs = std::filesystem;

void RealPublish::SetUp() {
  if (!have_program("docker-registry")) GTEST_SKIP() << "SKIPPED: docker-registry is not installed";
  write_text(folder_ / "tags.yaml", "24.03-LTS-SP1: [24.03, latest]\n");
  for (auto [to, created] :
       {std::pair(older(), "2024-06-01T10:00:00Z"), std::pair(newer(), "2024-09-01T10:00:00Z")}) {
    Ran made = run({{(test::source_folder() / "scripts/make-release.sh").string(), to.string(), sp1,
                     "--created", created}});
    ASSERT_TRUE(made.ok()) << told(made);
  }
}

RegistryServer& RealPublish::start_registry(RegistryServer::Options options) {
  registries_.push_back(RegistryServer::start(std::move(options)).value());
  return *registries_.back();
}

std::vector<std::string> RealPublish::publish(const fs::path& source, const std::string& repository,
                                              const std::vector<std::string>& more) const {
  std::vector<std::string> words{
      "container", "publish",       "-v", sp1,       "--policy", (folder_ / "tags.yaml").string(),
      "--source",  source.string(), "-p", repository};
  for (const auto& registry : registries_) words.insert(words.end(), {"-g", registry->address()});
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

std::vector<std::string> RealPublish::words(const std::string& command, const std::string& registry,
                                            const std::vector<std::string>& more) const {
  std::vector<std::string> words{"container", command,    "-v",
                                 sp1,         "--policy", (folder_ / "tags.yaml").string()};
  bool fetches = command == "publish" || command == "plan" || command == "prepare";
  if (fetches && std::ranges::find(more, "--source") == more.end())
    words.insert(words.end(), {"--source", newer().string()});
  if (!registry.empty()) words.insert(words.end(), {"-g", registry});
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

bool every_case() { return std::string(getenv("EP_FAULTS") ? getenv("EP_FAULTS") : "") == "all"; }

Digest digest_told(const Ran& ran) {
  auto json = nlohmann::json::parse(ran.out, nullptr, false);
  return Digest::parse(json.is_object() ? json.value("digest", "") : "").value();
}

}  // namespace eulerpublisher::test
