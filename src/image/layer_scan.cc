#include "image/layer_scan.h"

#include <algorithm>

namespace eulerpublisher {

std::optional<std::string> plain_name(std::string_view name) {
  std::string plain;
  while (!name.empty()) {
    size_t slash = std::min(name.find('/'), name.size());
    std::string_view part = name.substr(0, slash);
    name.remove_prefix(std::min(slash + 1, name.size()));
    if (part.empty() || part == ".") continue;
    if (part == "..") return std::nullopt;
    if (!plain.empty()) plain += '/';
    plain += part;
  }
  return plain;
}

namespace {

Done show_entry(TarReader& reader, const TarEntry& entry, const LayerWatchers& watchers) {
  std::vector<uint64_t> wanted;
  for (auto& watcher : watchers) wanted.push_back(TRY(watcher->entry(entry)));
  uint64_t most = wanted.empty() ? 0 : *std::ranges::max_element(wanted);
  if (most == 0) return {};
  std::string content;
  while (content.size() < most) {
    Bytes bytes = TRY(reader.content());
    if (bytes.empty()) break;
    content.append(as_text(bytes.first(std::min<uint64_t>(bytes.size(), most - content.size()))));
  }
  for (size_t i = 0; i < watchers.size(); ++i)
    if (wanted[i] > 0) TRY(watchers[i]->content(entry, content.substr(0, wanted[i])));
  return {};
}

}  // namespace

Done watch_layer(TarReader::Supply supply, const LayerWatchers& watchers, const ArchiveLimits& limits) {
  TarReader reader(std::move(supply));
  uint64_t entries = 0;
  while (auto entry = TRY(reader.next())) {
    if (++entries > limits.entries) return corrupt("it has more than {} entries", limits.entries);
    if (entry->name.size() > limits.name || entry->link.size() > limits.name)
      return corrupt("it has a name longer than {} bytes, beginning with '{}'", limits.name,
                     entry->name.substr(0, 60));
    TRY(show_entry(reader, *entry, watchers));
  }
  for (auto& watcher : watchers) TRY(watcher->end());
  return {};
}

LayerScan::LayerScan(LayerWatchers watchers, const ArchiveLimits& limits, std::stop_token stop)
    : watchers_(std::move(watchers)),
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
  scanned_ = watch_layer(supply, watchers_, limits_);
  // What follows the end of the tar belongs to the diff_id, too.
  for (Result<Bytes> rest = next(); rest && !rest->empty();) rest = next();
}

}  // namespace eulerpublisher
