#include "cli/settings.h"

#include <algorithm>
#include <set>

#include "http/auth_file.h"
#include "http/credential_helper.h"
#include "stream/stream.h"

namespace eulerpublisher::cli {
namespace {

constexpr uint64_t policy_limit = 1 << 20;

// The same for all spellings of one place: docker.io and index.docker.io, oci:images and oci:./images/.
std::string place_of(const Target& target) {
  if (target.host) return http::canonical_registry(target.host->text());
  std::error_code unknown;
  std::filesystem::path folder = std::filesystem::weakly_canonical(target.folder, unknown);
  std::string path = unknown ? target.folder.string() : folder.string();
  while (path.size() > 1 && path.ends_with('/')) path.pop_back();
  return "oci:" + path;
}

}  // namespace

Result<Policy> load_policy(const Options& options) {
  if (options.policy.empty()) return Policy::built_in();
  auto text = read_file(options.policy, policy_limit);
  if (!text) return invalid("the policy cannot be read: {}", text.error().text());
  return Policy::parse(*text, options.policy);
}

Result<Version> version_of(const Options& options) {
  if (options.version.empty())
    return invalid(
        "--version is missing: name one with -v, such as 24.03-LTS-SP1, or application images with --meta");
  return Version::parse(options.version);
}

Result<ReleaseRequest> release_request(const Options& options, const Policy& policy) {
  Version version = TRY(version_of(options));
  return release_request(options, policy, version);
}

Result<ReleaseRequest> release_request(const Options& options, const Policy& policy, const Version& version) {
  ReleaseIndex index = TRY(ReleaseIndex::parse(options.index));
  ReleaseRequest request{version, index, {}, {}, {}, {}, {}, {}, false, false};
  if (options.architectures.empty()) {
    request.required = policy.required_platforms(version);
    request.optional = policy.optional_platforms(version);
  } else {
    request.required = TRY(parse_platforms(options.architectures).within("--arch"));
  }
  std::string compression = options.compression.empty() ? policy.compression() : options.compression;
  request.recipe.compression = compression == "zstd" ? Recipe::Compression::zstd : Recipe::Compression::gzip;
  request.recipe.utc = policy.utc();
  request.recipe.tmout = policy.tmout();
  request.tags = TRY(policy.tags_of(version));
  request.canonical_source = policy.sources_of(version).front();
  request.allowed = {options.allow_older, options.allow_fewer_platforms};
  request.best_effort = options.best_effort;
  request.verify_bytes = options.verify == "full";
  return request;
}

std::vector<std::string> sources_for(const Options& options, const Policy& policy, const Version& version) {
  return options.sources.empty() ? policy.sources_of(version) : options.sources;
}

Result<Target> parse_target(const std::string& text, const RepositoryName& repository) {
  if (text.starts_with("oci:")) {
    std::string folder = text.substr(4);
    if (folder.empty()) return invalid("'oci:' needs a folder, as in oci:images");
    return Target{text, std::nullopt, folder, repository};
  }
  RegistryHost host = TRY(RegistryHost::parse(text));
  return Target{text, host, {}, repository};
}

Result<Target> target_of_image(const Target& any, const std::string& space, const std::string& image) {
  Target target = any;
  target.repository = TRY(RepositoryName::parse(space + "/" + image));
  if (target.host) return target;
  target.folder /= image;
  target.text = "oci:" + target.folder.string();
  return target;
}

Result<std::optional<http::RegistriesFile>> load_registries(const Options& options) {
  std::string file = options.registries_file.value_or("");
  if (file.empty()) file = http::process_environment()("EP_LOGIN_FILE").value_or("");
  if (file.empty() && options.registries_file)
    return invalid("-m needs a file of registries: name one, or set EP_LOGIN_FILE");
  if (file.empty()) return std::nullopt;
  return TRY(http::RegistriesFile::read(file, http::process_environment()));
}

Result<std::vector<Target>> targets_of(const Options& options, const Policy& policy,
                                       const std::optional<http::RegistriesFile>& registries) {
  RepositoryName repository =
      TRY(RepositoryName::parse(options.repository.empty() ? policy.repository() : options.repository));
  std::vector<Target> targets;
  if (options.registries.empty() && options.registries_file && registries) {
    for (const http::RegistryEntry& entry : registries->entries()) {
      Target target = TRY(parse_target(entry.registry, repository));
      if (!entry.repository.empty()) target.repository = TRY(RepositoryName::parse(entry.repository));
      targets.push_back(std::move(target));
    }
  } else {
    for (const std::string& text : options.registries.empty() ? policy.registries() : options.registries)
      targets.push_back(TRY(parse_target(text, repository)));
  }
  std::set<std::pair<std::string, std::string>> seen;
  for (const Target& target : targets)
    if (!seen.emplace(place_of(target), target.repository.text()).second)
      return invalid("the registry {} is named twice", target.text);
  return targets;
}

Result<std::unique_ptr<http::CredentialSource>> credentials_for(
    const Options& options, const std::vector<Target>& targets,
    std::optional<http::RegistriesFile> registries) {
  auto environment = http::process_environment();
  std::vector<std::string> names;
  for (const Target& target : targets)
    if (target.host && std::ranges::find(names, target.host->text()) == names.end())
      names.push_back(target.host->text());
  auto chain = std::make_unique<http::CredentialChain>();
  chain->add(std::make_unique<http::EnvironmentCredentials>(names, environment));
  if (registries) chain->add(std::make_unique<http::RegistriesFile>(std::move(*registries)));
  if (options.password_stdin) {
    auto user = environment("LOGIN_USERNAME");
    if (names.size() != 1 || !user)
      return invalid("--password-stdin needs LOGIN_USERNAME and exactly one registry");
    auto given = std::make_unique<http::StaticCredentials>();
    http::Secret password = TRY(http::read_password(0));
    given->add(names.front(), {*user, std::move(password), {}});
    // LOGIN_USERNAME is set, LOGIN_PASSWORD is not: what was typed takes its place.
    chain = std::make_unique<http::CredentialChain>();
    chain->add(std::move(given));
  }
  auto ask = [](const std::string& helper, const std::string& registry) {
    return http::ask_credential_helper(helper, registry);
  };
  chain->add(std::make_unique<http::AuthFiles>(http::AuthFiles::usual(environment), ask));
  return chain;
}

}  // namespace eulerpublisher::cli
