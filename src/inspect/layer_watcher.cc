#include "inspect/layer_watcher.h"

#include <algorithm>

namespace eulerpublisher {
namespace {

Done show_content(TarReader& reader, LayerWatcher& watcher, uint64_t wanted) {
  if (wanted == 0) return {};
  for (uint64_t seen = 0; seen < wanted;) {
    Bytes bytes = TRY(reader.content());
    if (bytes.empty()) break;
    TRY(watcher.content(bytes.first(std::min<uint64_t>(bytes.size(), wanted - seen))));
    seen += bytes.size();
  }
  return watcher.content_end();
}

}  // namespace

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

Done watch_layer(TarReader::Supply supply, LayerWatcher& watcher, const LayerLimits& limits) {
  TarReader reader(std::move(supply));
  uint64_t entries = 0;
  while (auto entry = TRY(reader.next())) {
    if (++entries > limits.entries) return corrupt("it has more than {} entries", limits.entries);
    if (entry->name.size() > limits.name || entry->link.size() > limits.name)
      return corrupt("it has a name longer than {} bytes, beginning with '{}'", limits.name,
                     entry->name.substr(0, 60));
    uint64_t wanted = TRY(watcher.entry(*entry));
    TRY(show_content(reader, watcher, wanted));
  }
  return watcher.end();
}

}  // namespace eulerpublisher
