#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <stop_token>
#include <thread>
#include <vector>

#include "base/guarded.h"
#include "inspect/layer_watcher.h"
#include "stream/chunk.h"
#include "stream/hashing.h"

namespace eulerpublisher {

// Hashes a layer (its diff_id) and shows it to a watcher, on a thread of its own, from the chunks that others
// use at the same time.  Destruction stops it.
class LayerScan {
 public:
  LayerScan(std::shared_ptr<LayerWatcher> watcher, const LayerLimits& limits, std::stop_token stop);
  ~LayerScan();
  LayerScan(const LayerScan&) = delete;
  LayerScan& operator=(const LayerScan&) = delete;

  void add(std::shared_ptr<const Chunk> chunk);

  struct Seen {
    Digest diff_id;
    std::optional<Error> fault;  // why it is no layer: a damaged tar, or the watcher's verdict
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

  std::shared_ptr<LayerWatcher> watcher_;
  LayerLimits limits_;
  std::stop_source stop_;
  std::stop_callback<std::function<void()>> outer_;
  Guarded<State> state_;
  std::shared_ptr<const Chunk> current_;  // what libarchive looks at just now
  Sha256 hash_;
  Done scanned_;
  std::thread thread_;
};

}  // namespace eulerpublisher
