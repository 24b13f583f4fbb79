#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace eulerpublisher::build {

// One place in a Dockerfile that names a base, and what is to stand there.
struct Pin {
  int line = 1;           // on which its instruction begins, from 1
  bool is_start = true;   // a FROM; false: `from=` of a COPY or RUN
  std::string reference;  // as it stands behind `from=`; of a FROM it may be written with arguments
  std::string pinned;     // registry.example/openeuler/openeuler@sha256:…
};

// The text of a Dockerfile with its bases pinned; nothing else of it is changed.  `unsupported` when a base
// is not where it was read, which would be a fault of ours.
Result<std::string> pin_bases(std::string_view dockerfile, const std::vector<Pin>& pins);

}  // namespace eulerpublisher::build
