#pragma once

#include <optional>
#include <string>
#include <vector>

#include "oci/descriptor.h"
#include "oci/name.h"
#include "policy/policy.h"
#include "policy/version.h"

namespace eulerpublisher {

// What somebody sees under a tag today, as far as it matters for a plan.
struct Seen {
  Digest digest;
  // From the annotations; absent where the image is not ours or carries none.
  std::optional<Version> version;
  std::string created;  // RFC 3339, of the archive; empty when unknown
  std::vector<Platform> platforms;
};

// What we want a tag to name.
struct Wanted {
  Tag tag;
  std::string because;
  Digest digest;
  std::optional<Version> version;
  std::string created;
  std::vector<Platform> platforms;
};

struct PlanOptions {
  bool allow_older = false;
  bool allow_fewer_platforms = false;
};

// One move of one tag in one repository; without `from` the tag is new.
struct Move {
  Tag tag;
  std::optional<Digest> from;
  Digest to;
  std::string because;
};

struct Refusal {
  Tag tag;
  std::string because;
};

struct Plan {
  std::string repository;
  std::vector<Move> moves;      // in the order in which they are to be done
  std::vector<Tag> up_to_date;  // name what is wanted already
  std::vector<Refusal> refused;
};

// Pure: no clock, no network.  Refuses to replace an image by one of a lower version or, for the same version, by
// one made from an older archive (unless allow_older), and an index by one with fewer platforms (unless
// allow_fewer_platforms).  `seen` has one entry per wanted tag, in the same order.
Plan make_plan(const std::string& repository, const std::vector<Wanted>& wanted,
               const std::vector<std::optional<Seen>>& seen, const PlanOptions& options);

}  // namespace eulerpublisher
