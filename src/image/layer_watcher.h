#pragma once

#include <cstdint>
#include <string>

#include "base/result.h"
#include "stream/tar_reader.h"

namespace eulerpublisher {

// Looks at a layer's own tar as it streams by: no second read, nothing written anywhere.  Called by one
// thread, which may be another one for each layer.  An error is the verdict on the layer.
class LayerWatcher {
 public:
  virtual ~LayerWatcher() = default;
  // An entry, in the order of the tar.  Answers how many bytes of its content are wanted, from the beginning.
  virtual Result<uint64_t> entry(const TarEntry& entry) = 0;
  // The content that was asked for: fewer bytes than that when the file has fewer.
  virtual Done content(const TarEntry& entry, std::string bytes) = 0;
  // The layer has ended, and was a whole tar.
  virtual Done end() = 0;
};

// The name of an entry without `./`, doubled and closing slashes: what it is called from the root on. Nothing
// for names that contain `..`.
std::optional<std::string> plain_name(std::string_view name);

}  // namespace eulerpublisher
