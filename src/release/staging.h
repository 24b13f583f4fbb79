#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/guarded.h"
#include "base/progress.h"
#include "base/task_group.h"
#include "release/complete_image.h"
#include "release/destination.h"

namespace eulerpublisher {

// What became of one destination so far.
struct StageOutcome {
  std::string repository;  // by its name: a registry may take it into several
  std::optional<Error> failed;
  uint64_t blobs_sent = 0;
  uint64_t blobs_there = 0;  // were there, or came by a mount
};

// Puts an image into all destinations under its digests: nobody sees it yet.  Every destination goes at its
// own pace, and one that fails stops no other.  Owned by one thread; follow() may be called from any.
class Staging {
 public:
  Staging(std::vector<Destination> destinations, Progress& progress, std::stop_token stop);
  ~Staging();

  // A layer that is still growing: all destinations begin to take it.  One that turns out not to belong to
  // the image does no harm.
  void follow(std::shared_ptr<const Blob> layer, const Platform& platform);

  // Puts what is left, in order: layers, configurations, manifests, the index.  Waits for all destinations.
  std::vector<StageOutcome> complete(const CompleteImage& image);

 private:
  struct Lane;
  Done put_all(Lane& lane, const CompleteImage& image, std::stop_token stop);

  std::vector<std::unique_ptr<Lane>> lanes_;
  Progress& progress_;
};

}  // namespace eulerpublisher
