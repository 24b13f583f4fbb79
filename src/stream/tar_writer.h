#pragma once

#include <string>
#include <string_view>

#include "stream/tar_reader.h"

namespace eulerpublisher {

// Makes a small tar in memory: ustar, with pax headers where ustar cannot say it.  The same entries give the
// same bytes anywhere, which is why libarchive does not write it.
class TarWriter {
 public:
  // `content` is that of a file, whose size it gives.
  void add(const TarEntry& entry, std::string_view content = {});
  // The whole tar, with its end.
  std::string finish() &&;

 private:
  void header(const TarEntry& entry, std::string_view name, char type, uint64_t size);
  void body(std::string_view content);

  std::string tar_;
};

}  // namespace eulerpublisher
