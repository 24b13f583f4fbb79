#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "http/credentials.h"

namespace eulerpublisher::http {

// A file of registries (-m, EP_LOGIN_FILE), YAML, in the two shapes that are in use, also mixed in one file:
//   docker.io: [DOCKER_USER, DOCKER_PASSWORD]
//   hub: [HUB_USER, HUB_PASSWORD, hub.oepkgs.net/openeuler/openeuler]
// The first two items are names of environment variables.  With a third the key is a name of its own.
struct RegistryEntry {
  std::string name;        // the key
  std::string registry;    // `docker.io`
  std::string repository;  // `openeuler/openeuler`; empty in the first shape
  std::string username_variable, password_variable;
};

class RegistriesFile : public CredentialSource {
 public:
  // `invalid` with file, line and column when it is something else.  `file` is for messages.  No message
  // repeats an item that is no variable's name: it may be a password.  The variables that hold passwords are
  // withheld from programs that are started afterwards.
  static Result<RegistriesFile> parse(std::string_view yaml, const std::string& file,
                                      Environment environment);
  static Result<RegistriesFile> read(const std::filesystem::path& file, Environment environment);

  // In the order of the file.
  const std::vector<RegistryEntry>& entries() const { return entries_; }

  // The entry of that very repository, else one for its registry as a whole, else one for another repository
  // there. `invalid` when one of its variables is not set.
  Result<std::optional<Credential>> find(const std::string& registry, const std::string& repository) override;

 private:
  std::string file_;
  Environment environment_;
  std::vector<RegistryEntry> entries_;
};

}  // namespace eulerpublisher::http
