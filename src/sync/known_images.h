#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "base/guarded.h"
#include "policy/plan.h"
#include "registry/repository.h"

namespace eulerpublisher::sync {

// What tags name, without reading twice what a digest says is the same: a look costs one HEAD a tag.  Safe
// from any thread.
class KnownImages {
 public:
  // As survey() does it.
  Result<std::vector<std::optional<Seen>>> survey(RepositoryReader& repository, const std::vector<Tag>& tags,
                                                  std::stop_token stop);

  // The exact bytes of the indexes that were seen since the last forget_unused(), by digest; for whoever
  // wants to know them again after a restart.
  std::map<Digest, std::string> indexes();
  // What is not what its digest says is passed over.
  void keep(const std::map<Digest, std::string>& indexes);
  void forget_unused();

 private:
  struct Known {
    Content content;
    std::string index;  // empty where it is none
    bool used = false;
  };
  Result<Content> content(RepositoryReader& repository, const Digest& digest, std::stop_token stop);

  Guarded<std::map<Digest, Known>> known_;
};

}  // namespace eulerpublisher::sync
