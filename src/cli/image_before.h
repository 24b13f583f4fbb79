#pragma once

#include <memory>
#include <optional>
#include <string>

#include "cli/commands.h"
#include "registry/repository.h"

namespace eulerpublisher::cli {

// The image that another is compared with, and who has it.
struct ImageBefore {
  std::shared_ptr<RepositoryReader> reader;
  std::optional<Digest> digest;
  std::string unknown = {};  // why there is none
};

// What was looked at.
struct LookedAt {
  std::shared_ptr<RepositoryReader> reader;
  std::string reference;  // the tag or digest that was asked for
  Digest digest;
  bool prepared = false;  // it lies in our store, and no registry has it yet
};

// What --previous names; else what the tag named before, as far as that is known here: by this machine's
// journal, or, of a version's own tag, by its dated tags.  What was only prepared takes the place of what its
// tag names where this machine has published it last.  An Error only for --previous: what people have not
// asked for may be unknown.
Result<ImageBefore> find_image_before(Session& session, const LookedAt& now);

}  // namespace eulerpublisher::cli
