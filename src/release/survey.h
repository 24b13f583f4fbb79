#pragma once

#include <optional>
#include <vector>

#include "policy/plan.h"
#include "registry/repository.h"

namespace eulerpublisher {

// What an index says it is made of, by its annotations (image/annotations.h).  What is missing stays empty;
// an image that is not ours has platforms and nothing else.
Content content_of(const Index& index);

// The same of any manifest or index; of an image of one platform, its configuration is read.
Result<Content> read_content(RepositoryReader& repository, const RawManifest& raw, std::stop_token stop);

// What each tag names now, in the order of `tags`; one HEAD a tag, one GET for each different digest.  An
// image of one platform (no index) counts as an index with that platform.
Result<std::vector<std::optional<Seen>>> survey(RepositoryReader& repository, const std::vector<Tag>& tags,
                                                std::stop_token stop);

}  // namespace eulerpublisher
