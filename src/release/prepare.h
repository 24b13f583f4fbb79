#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "base/progress.h"
#include "base/task_group.h"
#include "image/assemble.h"
#include "inspect/inspect_layer.h"
#include "registry/repository.h"
#include "release/complete_image.h"
#include "release/request.h"
#include "store/store.h"
#include "upstream/release_repository.h"

namespace eulerpublisher {

// A release made, but not yet visible anywhere: everything a registry needs to hold it.
struct PreparedRelease {
  Version version;
  Provenance provenance;
  Content content;
  std::vector<AssembledImage> images;
  Document<Index> index;
  std::map<Digest, std::shared_ptr<const Blob>> layers;  // of all images
  InspectedLayers inspected;                             // those that were converted just now
  std::vector<std::string> notes;  // for people: an optional architecture that is missing …
  // What prepare() has begun to write down about single archives, for later runs.
  std::shared_ptr<TaskGroup> keeping = {};

  // Names everything in the store it was prepared in, so that other tools and later runs find it, and waits
  // until it is on the disk.  Once; may run beside the release's way into registries, which needs only what is
  // there already.
  Done keep_in(Store& store) const;
  // As what it goes to registries.
  CompleteImage complete() const;
};

// A repository that already holds images of ours: what it has need not be fetched and converted again.
struct Lender {
  std::shared_ptr<RepositoryReader> repository;
  Seen seen;
};

// What preparing needs to have at hand.  All outlive the call.
struct PrepareParts {
  Store& store;
  ReleaseRepository& upstream;
  Progress& progress;
};

// A layer begins to grow; called from any thread.
using FollowLayer = std::function<void(std::shared_ptr<const Blob> layer, const Platform& platform)>;

// Turns released archives into one multi-architecture image, all architectures side by side: from the store,
// or from a lender, or by fetching and converting.  The layers lie in the store afterwards; that it knows them
// again takes a PreparedRelease::keep_in().  `corrupt` when an archive is not what it claims.
Result<PreparedRelease> prepare(const ReleaseRequest& request, const Release& release,
                                const std::vector<Lender>& lenders, PrepareParts parts,
                                const FollowLayer& follow, std::stop_token stop);

// What an earlier prepare() left in the store for this version, or nothing.
Result<std::optional<PreparedRelease>> read_prepared(Store& store, const Version& version,
                                                     std::stop_token stop);

// How many bytes the layers of this archive's image have, when prepare() would find it in the store.
std::optional<uint64_t> prepared_size(Store& store, const ReleaseRequest& request, const Archive& archive);

// A request for `update/current` becomes one for the dated update that it is, so that the same archives give
// the same digest whichever name they were asked for by.  Where the source shows no such date, it stays as it
// is.
Result<ReleaseRequest> resolve_current(ReleaseRequest request, ReleaseRepository& upstream,
                                       std::stop_token stop);

// What the archives of `release` will become, as far as that is known before they are read.
Content intended_content(const ReleaseRequest& request, const Release& release);

}  // namespace eulerpublisher
