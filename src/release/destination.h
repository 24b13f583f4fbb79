#pragma once

#include <memory>
#include <string>
#include <vector>

#include "registry/repository.h"

namespace eulerpublisher {

// One place a release goes to.
struct Destination {
  std::string name;  // as a person wrote it: `docker.io`, `oci:FOLDER`
  std::shared_ptr<Repository> repository;
  std::shared_ptr<RepositoryReader> as_public;  // the same repository, seen without our credentials
};

}  // namespace eulerpublisher
