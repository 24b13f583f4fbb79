#pragma once

#include <memory>
#include <stop_token>

#include "oci/descriptor.h"
#include "oci/name.h"
#include "registry/registry.h"
#include "stream/stream.h"

namespace eulerpublisher {

// A blob's bytes from `offset` on, as a registry sends them.  A thread of the source's own fetches ahead, at
// most a mebibyte.  An answer that is cut goes on by Range where it ended, as long as each attempt brings
// something.  Comes back once the registry has begun to send, or with `not_found` and whatever else it
// refuses it for.
Result<std::unique_ptr<Source>> open_remote_blob(std::shared_ptr<Registry> registry,
                                                 const RepositoryName& repository, const Descriptor& blob,
                                                 uint64_t offset, std::stop_token stop);

}  // namespace eulerpublisher
