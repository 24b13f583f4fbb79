#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/progress.h"
#include "base/result.h"
#include "http/client.h"
#include "oci/digest.h"
#include "oci/platform.h"
#include "stream/spool.h"
#include "upstream/download.h"
#include "upstream/listing.h"

namespace eulerpublisher {

// Which directory of a version: `docker_img`, `docker_img/update/YYYY-MM-DD` or `docker_img/update/current`.
class ReleaseIndex {
 public:
  // Anything else is `invalid`, a date that is not in the calendar too.
  static Result<ReleaseIndex> parse(std::string_view text);
  static ReleaseIndex first();
  static ReleaseIndex current();
  const std::string& text() const { return text_; }
  // The date of a dated update, else empty.
  std::string date() const;
  bool is_current() const;

 private:
  explicit ReleaseIndex(std::string text) : text_(std::move(text)) {}
  std::string text_;
};

// Where an archive lies below any source:
// `openEuler-24.03-LTS/docker_img/x86_64/openEuler-docker.x86_64.tar.xz`.
std::string archive_path(const std::string& version, const ReleaseIndex& index, const Platform& platform);

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

// The release repository (one or several sources of the same content).  Answers are taken as they come:
// repeating what failed for a moment is the client's part (http::Retrying), except in download().  Safe from
// any thread.
class ReleaseRepository {
 public:
  // Sources are tried in order: `https://…`, `http://…`, or a folder (a path, or file://…).  A download is
  // given up after so many `attempts` in a row without a byte.
  ReleaseRepository(std::vector<std::string> sources, http::Client& client, Clock& clock = system_clock(),
                    int attempts = fruitless_attempts);

  // Reads the checksum files of all platforms side by side.  The first source that has any of the required
  // architectures serves all of the release; one that has none of them (404), or does not answer, is passed
  // over.
  //   not_found    a required architecture is missing there, or no source has the version: each address asked
  //   is
  //                named, with what it said
  //   invalid      the version or a source is not written as one
  //   corrupt      a checksum file that is none
  //   as the client's errors: any other failure of the source that serves, for optional architectures too;
  //   and of
  //                a source passed over, when no other has the version
  Result<Release> look(const ReleaseWanted& wanted, std::stop_token stop);

  // Fetches an archive from where the spool ends, and goes on after cuts, a bounded number of times in a row
  // without a byte.  finish()es the spool; whether the bytes are right is for whoever reads them.  Not needed
  // for archives in a folder: those are read where they lie.  `corrupt`: the file changed since the first
  // part of it was fetched, so that part is of no use; or it is larger than any archive can be.
  Done download(const Archive& archive, Spool& spool, Transfer& progress, std::stop_token stop);

  // How many bytes an archive has, or nothing when the source does not say so.  For plans: what counts is
  // what arrives.
  std::optional<uint64_t> size_of(const Archive& archive, std::stop_token stop);
  // What the source says about an archive without sending it: size, date, what it calls this state.  Another
  // text once the file has changed; empty when nothing is said.
  std::string state_of(const Archive& archive, std::stop_token stop);

  // The folders and files at a path under one source (`openEuler-24.03-LTS/docker_img/update`), or nothing
  // where it answers 404.  A hint: what exists is decided by asking for it.
  Result<std::optional<Listing>> list(const std::string& source, const std::string& path,
                                      std::stop_token stop);

  // The date of the update that `docker_img/update/current` is, when `release` was found there: that of the
  // newest dated directory with the same checksums.  Nothing when the source shows none among the newest few.
  Result<std::optional<std::string>> date_of_current(const Release& release, const ReleaseWanted& wanted,
                                                     std::stop_token stop);

  static bool is_local(const Archive& archive);

 private:
  std::vector<std::string> sources_;
  http::Client& client_;
  Clock& clock_;
  int attempts_;
};

}  // namespace eulerpublisher
