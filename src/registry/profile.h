#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "oci/name.h"

namespace eulerpublisher {

// How a registry wants to be spoken to where the OCI distribution-spec leaves room, or where it does not keep
// to it.  A value: what differs between registries stands in a table of these and nowhere else.
struct Profile {
  // How the bytes of a blob of known length travel.
  enum class Way {
    whole,   // POST, then one PUT of everything
    pieces,  // POST, PATCH for each piece, PUT
  };
  // What the `Range` in the answer to a piece counts.
  enum class RangeMeaning {
    total,         // all bytes of the session, as the spec says
    within_piece,  // the bytes of this piece only
    meaningless,   // whatever; the digest in the closing PUT decides
  };
  // The `Content-Range` sent with a piece.
  enum class ContentRange {
    none,
    plain,      // `0-99`, as the spec says
    with_unit,  // `bytes 0-99/*`, as RFC 9110 would have it
  };

  std::string name = {};
  // Host names this is for: `quay.io`, or `*.azurecr.io` for all below it.  Empty: for none by itself.
  std::vector<std::string> hosts = {};

  Way way = Way::whole;
  // Whether one PATCH may follow a blob whose end is not known yet.
  bool streaming = true;
  // Whether it takes pieces at all.
  bool pieces = true;
  uint64_t smallest_piece = 256 << 10;         // bytes; each but the last
  uint64_t largest_piece = 64 << 20;           // bytes
  std::optional<uint64_t> largest_whole = {};  // bytes in one PUT; absent: as many as you like
  RangeMeaning range = RangeMeaning::total;
  ContentRange content_range = ContentRange::plain;
  bool mount = true;
  // Whether the PUT that closes a session may come without bytes; if not, the last piece goes with it.
  bool empty_closing_put = true;
  // How often a refusal (401) of the very first write is asked again: some set a new repository up meanwhile.
  int first_denials = 0;

  int at_once = 8;                        // requests in flight
  std::optional<double> per_second = {};  // requests begun; absent: no limit

  bool operator==(const Profile&) const = default;
};

// Docker Hub, Quay, Harbor, GHCR, ECR, GAR, ACR, Aliyun and, last, what suits docker-registry and any other.
const std::vector<Profile>& built_in_profiles();

// The first of `profiles` whose hosts match; without one, the last.  `profiles` is not empty.
const Profile& profile_for(const RegistryHost& host,
                           const std::vector<Profile>& profiles = built_in_profiles());

// Whether `pattern` stands for this host: `quay.io`, `*.azurecr.io`, `127.0.0.1:5000`.  A pattern without a
// port is for any port.
bool host_matches(const std::string& pattern, const RegistryHost& host);

// Where the API of a registry answers: docker.io's is at registry-1.docker.io, all others at their own name.
RegistryHost api_host(const RegistryHost& host);

}  // namespace eulerpublisher
