#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <stop_token>
#include <string>

#include "base/result.h"

namespace eulerpublisher::rollout {

// Where a context comes from, as git tells.
struct Origin {
  std::string revision;         // the last commit that touched it; empty: not in git, or changed since
  std::optional<int64_t> time;  // of that commit, or what SOURCE_DATE_EPOCH says; seconds
};

// `context` lies below `root`.  Without git, or outside of a working tree, nothing is known: that is no
// error.
Result<Origin> origin_of(const std::filesystem::path& root, const std::string& context, std::stop_token stop);

}  // namespace eulerpublisher::rollout
