#pragma once

#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "base/result.h"
#include "oci/document.h"
#include "oci/name.h"
#include "stream/stream.h"

namespace eulerpublisher {

// One repository, seen by somebody who can only look.  Safe from any thread.  Errors: `denied`, `unavailable`
// after all retries, `corrupt` when what came is not what its digest says, `cancelled`.
class RepositoryReader {
 public:
  virtual ~RepositoryReader() = default;

  // `registry.example/openeuler/openeuler`, `oci:FOLDER`: for people.
  virtual std::string name() const = 0;

  // What the tag names now, or nothing (a repository that does not exist has no tags).  Asked with HEAD,
  // which registries do not count.
  virtual Result<std::optional<Descriptor>> find(const Tag& tag, std::stop_token stop) = 0;

  // A manifest or index by its digest, verified.  `not_found` when it is not there.
  virtual Result<RawManifest> manifest(const Digest& digest, std::stop_token stop) = 0;

  // The size of a blob, or nothing when it is not there.
  virtual Result<std::optional<uint64_t>> has_blob(const Digest& digest, std::stop_token stop) = 0;

  // The blob's bytes from `offset` on, not verified: whoever needs that hashes them.
  virtual Result<std::unique_ptr<Source>> open_blob(const Descriptor& blob, uint64_t offset,
                                                    std::stop_token stop) = 0;

  // All tags, in no order.  A repository that does not exist has none.
  virtual Result<std::vector<Tag>> tags(std::stop_token stop) = 0;
};

// A repository that can be written to.  Every write is idempotent: success says "it is there".
class Repository : public RepositoryReader {
 public:
  // What put_blob found or did.
  enum class Put { was_there, mounted, sent };

  // Puts a blob, also one that is still growing; returns once the registry holds it under its digest.
  virtual Result<Put> put_blob(const Blob& blob, std::stop_token stop) = 0;

  // By digest: nobody sees it yet.  What it refers to must be there before it.  (OCI distribution-spec,
  // "Pushing Manifests")
  virtual Done put_manifest(const RawManifest& manifest, std::stop_token stop) = 0;

  // From here on users see it.  `manifest` must have been put before.
  virtual Done tag(const Tag& tag, const RawManifest& manifest, std::stop_token stop) = 0;

  // Whether we may push here, asked without changing anything the public could see.  `denied` says why not.
  virtual Done may_push(std::stop_token stop) = 0;
};

}  // namespace eulerpublisher
