#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/progress.h"
#include "base/result.h"
#include "http/client.h"
#include "oci/digest.h"
#include "oci/platform.h"
#include "stream/spool.h"

namespace eulerpublisher {

// Which directory of a version: `docker_img`, `docker_img/update/YYYY-MM-DD` or `docker_img/update/current`.
class ReleaseIndex {
 public:
  static Result<ReleaseIndex> parse(std::string_view text);
  static ReleaseIndex first();
  const std::string& text() const { return text_; }
  // The date of a dated update, else empty.
  std::string date() const;

 private:
  explicit ReleaseIndex(std::string text) : text_(std::move(text)) {}
  std::string text_;
};

// One archive as the release repository offers it.
struct Archive {
  Platform platform;
  std::string url;  // or the file's path
  Digest checksum;
  std::string source;  // the --source that has it
};

// What to look for.
struct ReleaseWanted {
  std::string version;  // as in the URL: 24.03-LTS-SP1
  ReleaseIndex index = ReleaseIndex::first();
  std::vector<Platform> required;
  std::vector<Platform> optional;
};

struct Release {
  std::vector<Archive> archives;       // in the order asked for, the required ones first
  std::vector<Platform> not_released;  // optional ones that the repository answers 404 for
};

// Where an archive lies below a source: `openEuler-24.03-LTS/docker_img/x86_64/openEuler-docker.x86_64.tar.xz`.
std::string archive_path(const std::string& version, const ReleaseIndex& index, const Platform& platform);

// The release repository (one or several sources of the same content).  Safe from any thread.
class ReleaseRepository {
 public:
  // Sources are tried in order: `https://…`, `http://…`, or a folder (a path, or file://…).
  ReleaseRepository(std::vector<std::string> sources, http::Client& client);

  // Reads the checksum files of all platforms side by side.  The first source that has the version serves all of
  // it.  `not_found` when a required architecture is missing, naming each address asked; any other failure is an
  // error, for optional architectures too.
  Result<Release> look(const ReleaseWanted& wanted, std::stop_token stop);

  // Fetches an archive from where the spool ends, and goes on after cuts.  finish()es the spool; whether the bytes
  // are right is for whoever reads them.  Not needed for archives in a folder: those are read where they lie.
  Done download(const Archive& archive, Spool& spool, Transfer& transfer, std::stop_token stop);

  static bool is_local(const Archive& archive);

 private:
  std::vector<std::string> sources_;
  http::Client& client_;
};

// The checksum file, as sha256sum prints it: 64 hexadecimal digits, two blanks or a blank and `*`, the base name.
// Lines for other files are passed over; none for `file_name` is `corrupt`.
Result<Digest> parse_checksum(std::string_view text, std::string_view file_name);

}  // namespace eulerpublisher
