#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/result.h"
#include "stream/tar_reader.h"

namespace eulerpublisher {

// What a layer may cost before it is refused as `corrupt`.
struct LayerLimits {
  uint64_t entries = 4 << 20;
  uint64_t name = 4096;  // bytes of a name
};

// Looks at a layer's own tar as it streams by: no second read, nothing written anywhere.  Called by one
// thread, which may be another one for each layer.  An error is the verdict on the layer.
class LayerWatcher {
 public:
  virtual ~LayerWatcher() = default;
  // An entry, in the order of the tar.  Answers how many bytes of its content are wanted, from the beginning.
  virtual Result<uint64_t> entry(const TarEntry& entry) = 0;
  // The next bytes of the content that was asked for, valid during the call: all at once where they lie
  // together in memory, which is the rule for small files.
  virtual Done content(Bytes bytes) = 0;
  // No more content comes of the entry that asked for some: the file may have had fewer bytes.
  virtual Done content_end() = 0;
  // The layer has ended, and was a whole tar.
  virtual Done end() = 0;
};

// The name of an entry without `./`, doubled and closing slashes: what it is called from the root on. Nothing
// for names that contain `..`.
std::optional<std::string> plain_name(std::string_view name);

// Shows a layer's entries to the watcher.
Done watch_layer(TarReader::Supply supply, LayerWatcher& watcher, const LayerLimits& limits);

}  // namespace eulerpublisher
