#include "inspect/layer_scan.h"

namespace eulerpublisher {

LayerScan::LayerScan(std::shared_ptr<LayerWatcher> watcher, const LayerLimits& limits, std::stop_token stop)
    : watcher_(std::move(watcher)),
      limits_(limits),
      outer_(std::move(stop), [this] { stop_.request_stop(); }),
      thread_([this] { run(); }) {}

LayerScan::~LayerScan() {
  stop_.request_stop();
  if (thread_.joinable()) thread_.join();
}

void LayerScan::add(std::shared_ptr<const Chunk> chunk) {
  auto state = state_.lock();
  state->chunks.push_back(std::move(chunk));
  state.notify();
}

Result<LayerScan::Seen> LayerScan::finish() {
  {
    auto state = state_.lock();
    state->ended = true;
    state.notify();
  }
  thread_.join();
  if (stop_.stop_requested()) return cancelled("stopped while looking at a layer");
  Seen seen{hash_.digest(), {}};
  if (!scanned_) seen.fault = scanned_.error();
  return seen;
}

Result<Bytes> LayerScan::next() {
  current_.reset();
  {
    auto state = state_.lock();
    bool ready = state.wait(stop_.get_token(),
                            [](const State& state) { return !state.chunks.empty() || state.ended; });
    if (!ready || stop_.stop_requested()) return cancelled("stopped while looking at a layer");
    if (state->chunks.empty()) return Bytes{};
    current_ = std::move(state->chunks.front());
    state->chunks.pop_front();
  }
  hash_.update(current_->bytes());
  return current_->bytes();
}

void LayerScan::run() {
  // A file without a byte is no tar to libarchive, but an empty layer to everybody else.
  bool first = true;
  Result<Bytes> head = next();
  if (!head || head->empty()) return;
  auto supply = [&]() -> Result<Bytes> {
    if (!std::exchange(first, false)) return next();
    return *head;
  };
  scanned_ = watch_layer(supply, *watcher_, limits_);
  // What follows the end of the tar belongs to the diff_id, too.
  for (Result<Bytes> rest = next(); rest && !rest->empty();) rest = next();
}

}  // namespace eulerpublisher
