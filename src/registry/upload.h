#pragma once

#include <stop_token>

#include "base/result.h"
#include "oci/name.h"
#include "registry/registry.h"
#include "registry/repository.h"

namespace eulerpublisher {

// Brings a blob to a repository, by the cheapest way that works: it is there already; it is mounted from
// another repository of the registry; one PUT of known length; pieces.  A blob that is still growing is
// followed by one long PATCH where the registry takes that.  A session that fails begins anew, as often as
// RegistryOptions::sessions says; one that fails because the body was too long, or that is cut at the same
// place or after the same time again, begins anew in another way, and the registry's profile remembers it.
// Errors: those of Repository; `corrupt` when the blob is not what its digest says; what the blob's own
// source failed with.
Result<Repository::Put> upload(Registry& registry, const RepositoryName& repository, const Blob& blob,
                               std::stop_token stop);

}  // namespace eulerpublisher
