#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "base/result.h"
#include "inspect/layer_report.h"
#include "inspect/layer_watcher.h"
#include "oci/document.h"
#include "store/store.h"
#include "stream/stream.h"

namespace eulerpublisher {

// What a foreign archive may cost before it is refused as `corrupt`.
struct ArchiveLimits : LayerLimits {
  uint64_t unpacked = 64ull << 30;  // bytes, all members together
  uint64_t members = 1 << 12;       // of the archive itself
  uint64_t layers = 256;            // files of the archive that may be layers
  uint64_t documents = 16 << 20;    // bytes, of all JSON members together
};

// How an archive becomes an image.  Everything that changes a byte of the result is in here, so that the same
// archive and the same recipe give the same digests anywhere.
struct Recipe {
  enum class Compression { gzip, zstd };
  Compression compression = Compression::gzip;
  bool utc = true;    // /etc/localtime -> UTC
  bool tmout = true;  // TMOUT=0 in /etc/bashrc
  // `v1 gzip-5-or-stored-1MiB libdeflate-1.14 utc tmout`: stands in the annotations and in the cache's keys.
  std::string text() const;
};

// What an archive must turn out to be.
struct ArchiveExpected {
  Digest checksum;  // of the .tar.xz
  Platform platform;
  std::optional<std::string>
      version;  // 24.03-LTS-SP1, compared with VERSION in os-release; absent: not compared
};

// An image of one platform, before it gets annotations and a manifest.
struct ConvertedImage {
  Digest archive;  // its checksum
  Platform platform;
  std::vector<Descriptor> layers;  // compressed, the lowest first
  std::string config;              // the configuration's exact bytes
  std::string os_version;          // VERSION of os-release
  std::string created;             // RFC 3339, from the archive's configuration
  // What each of the layers turned out to hold while it streamed by.  Not printed.
  std::vector<std::shared_ptr<const LayerReport>> reports = {};

  // For the recipe cache.
  std::string print() const;
  static Result<ConvertedImage> parse(std::string_view json);
};

// Progress and early birds.  Called from the converting thread; what is empty is not called.
struct ConvertEvents {
  // A layer begins to grow; uploads may follow it.  It is sealed only when everything about the archive has
  // been verified, and abandoned otherwise.  A spool that turns out to be no layer is abandoned too.
  std::function<void(std::shared_ptr<Spool>)> layer_started;
  // Bytes of the archive read so far, and what they unpacked to.
  std::function<void(uint64_t read, uint64_t unpacked)> progress;
};

// Reads a docker-archive (.tar.xz) in one pass: as skopeo writes it, as `docker save` writes it, before
// Docker 25 and since.  Layers go into the store while they are read.  `corrupt` when anything in it is not
// what something else in it, or `expected`, says; `unsupported` for what it cannot read, by name.
Result<ConvertedImage> convert_archive(Source& archive, const ArchiveExpected& expected, const Recipe& recipe,
                                       const ArchiveLimits& limits, Store& store, const ConvertEvents& events,
                                       unsigned threads, std::stop_token stop);

// That an archive's bytes are not what its checksum file says; `also` is what else is wrong with them.  They
// may still be on their way: to somebody who watches, it is no failure yet.
Error checksum_mismatch(const Digest& found, const Digest& expected, std::string_view also = {});
bool is_checksum_mismatch(const Error& error);

}  // namespace eulerpublisher
