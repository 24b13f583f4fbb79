#pragma once

#include <optional>
#include <string>

#include "cli/settings.h"
#include "oci/digest.h"
#include "registry/repository.h"

namespace eulerpublisher::cli {

// One image, as people write it: `quay.io/openeuler/openeuler:24.03-lts`, `openeuler/openeuler@sha256:…` (on
// docker.io), `oci:FOLDER:TAG`.  Without tag and digest it is `latest`.
struct ImageName {
  std::string text;
  Target target;
  std::string reference;  // a tag or a digest

  // `invalid` with one clear sentence.
  static Result<ImageName> parse(const std::string& text);
};

// What a tag or a digest names in a repository; `not_found` when it does not exist.
Result<Descriptor> find_image(RepositoryReader& reader, const std::string& reference, std::stop_token stop);

// `invalid` unless it is a tag or a digest.
Done expect_reference(const std::string& reference);

}  // namespace eulerpublisher::cli
