#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <stop_token>
#include <thread>
#include <vector>

#include "base/guarded.h"
#include "image/convert.h"
#include "image/layer_watcher.h"
#include "stream/chunk.h"
#include "stream/hashing.h"

namespace eulerpublisher {

using LayerWatchers = std::vector<std::shared_ptr<LayerWatcher>>;

// Shows a layer's entries to the watchers.
Done watch_layer(TarReader::Supply supply, const LayerWatchers& watchers, const ArchiveLimits& limits);

// Hashes a layer (its diff_id) and shows it to watchers, on a thread of its own, from the chunks that others
// use at the same time.  Destruction stops it.
class LayerScan {
 public:
  LayerScan(LayerWatchers watchers, const ArchiveLimits& limits, std::stop_token stop);
  ~LayerScan();
  LayerScan(const LayerScan&) = delete;
  LayerScan& operator=(const LayerScan&) = delete;

  void add(std::shared_ptr<const Chunk> chunk);

  struct Seen {
    Digest diff_id;
    std::optional<Error> fault;  // why it is no layer: a damaged tar, or a watcher's verdict
  };
  // No more chunks come.  Waits for the end.
  Result<Seen> finish();

 private:
  struct State {
    std::deque<std::shared_ptr<const Chunk>> chunks;
    bool ended = false;
  };
  Result<Bytes> next();
  void run();

  LayerWatchers watchers_;
  ArchiveLimits limits_;
  std::stop_source stop_;
  std::stop_callback<std::function<void()>> outer_;
  Guarded<State> state_;
  std::shared_ptr<const Chunk> current_;  // what libarchive looks at just now
  Sha256 hash_;
  Done scanned_;
  std::thread thread_;
};

}  // namespace eulerpublisher
