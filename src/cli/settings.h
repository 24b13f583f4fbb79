#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cli/options.h"
#include "http/credentials.h"
#include "http/registries_file.h"
#include "oci/name.h"
#include "policy/policy.h"
#include "release/request.h"

namespace eulerpublisher::cli {

// What options, environment and policy mean together.  All of these are `invalid` with one clear sentence
// when something is wrong, before anything is asked of any machine.

Result<Policy> load_policy(const Options& options);

// The version, or `invalid`.
Result<Version> version_of(const Options& options);

// A release of one version.  The policy decides what the options leave open.
Result<ReleaseRequest> release_request(const Options& options, const Policy& policy);
// The same for another version than the one on the command line.
Result<ReleaseRequest> release_request(const Options& options, const Policy& policy, const Version& version);

// Sources of the release repository, in the order in which they are tried.
std::vector<std::string> sources_for(const Options& options, const Policy& policy, const Version& version);

// A place that a person named with -g: a registry's host, or a folder.
struct Target {
  std::string text;
  std::optional<RegistryHost> host;
  std::filesystem::path folder;  // when there is no host
  RepositoryName repository;
};

// Reads what -g says; `repository` is what it is for.
Result<Target> parse_target(const std::string& text, const RepositoryName& repository);
// The place of an application image at the same registry: SPACE/IMAGE, or the folder IMAGE within the folder.
Result<Target> target_of_image(const Target& any, const std::string& space, const std::string& image);

// The file of registries that -m or EP_LOGIN_FILE names, if any.
Result<std::optional<http::RegistriesFile>> load_registries(const Options& options);

// Every -g; with -m and without -g, all registries of the file; else what the policy says.
Result<std::vector<Target>> targets_of(const Options& options, const Policy& policy,
                                       const std::optional<http::RegistriesFile>& registries);

// Where logins come from, in this order: LOGIN_USERNAME and LOGIN_PASSWORD (only with one registry), the file
// of registries, --password-stdin, what `docker login` and `podman login` have stored.
Result<std::unique_ptr<http::CredentialSource>> credentials_for(
    const Options& options, const std::vector<Target>& targets,
    std::optional<http::RegistriesFile> registries);

}  // namespace eulerpublisher::cli
