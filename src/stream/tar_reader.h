#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "stream/stream.h"

namespace eulerpublisher {

// One entry of a tar, with everything tar can say about it.  Names are as they stand there.
struct TarEntry {
  enum class Type { file, folder, symbolic_link, hard_link, character_device, block_device, fifo, other };

  std::string name;
  Type type = Type::file;
  std::string link;  // where a link points to
  uint64_t size = 0;
  uint32_t mode = 0;  // permission bits, setuid and its kin
  uint64_t uid = 0;
  uint64_t gid = 0;
  std::string user;
  std::string group;
  int64_t seconds = 0;  // modification time
  uint32_t nanoseconds = 0;
  uint32_t device_major = 0;
  uint32_t device_minor = 0;
  bool sparse = false;
  std::map<std::string, std::string> xattrs;
};

// Reads a tar (ustar, pax, GNU) from front to back through libarchive.  Writes nothing anywhere.  `corrupt`
// when it is no tar or a damaged one.  Used by one thread at a time.
class TarReader {
 public:
  // Gives the next bytes of the tar, which stay where they are until it is called again; none: the end.
  using Supply = std::function<Result<Bytes>()>;
  explicit TarReader(Supply supply);
  ~TarReader();
  TarReader(const TarReader&) = delete;
  TarReader& operator=(const TarReader&) = delete;

  // The next entry, or nothing at the end.  What was not read of the content is passed over.
  Result<std::optional<TarEntry>> next();
  // The next bytes of the entry's content, without a copy: valid until the next call; none: the end of it.
  Result<Bytes> content();

 private:
  struct Inside;
  std::unique_ptr<Inside> inside_;
};

}  // namespace eulerpublisher
