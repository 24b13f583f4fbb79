#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "oci/descriptor.h"
#include "oci/name.h"
#include "policy/policy.h"
#include "policy/version.h"

namespace eulerpublisher {

// What an index is made of, as its annotations tell and as a release intends it.
struct Content {
  std::optional<Version> version;       // absent where the image is not ours or carries no annotations
  std::string created;                  // RFC 3339, of the newest archive; empty when not known (yet)
  std::string update_date;              // YYYY-MM-DD of the dated update, or empty
  bool first_release = false;           // known to be from docker_img itself, so older than every update
  std::string recipe;                   // image/convert.h, Recipe::text(); empty where the image is not ours
  std::map<Platform, Digest> archives;  // checksums of the archives, as far as they are known
  std::vector<Platform> platforms;
  // Of application images: a hash of everything that they are made from (empty where it is not known), the
  // tag they were published under, and the bases they stand on, by their names.
  std::string identity = {};
  std::string tag = {};
  std::map<std::string, Digest> bases = {};
};

// What somebody sees under a tag today.
struct Seen {
  Digest digest;
  Content content;
};

// What we want a tag to name.  The digest is absent before the archives have been converted.
struct Wanted {
  Tag tag;
  std::string because;
  std::optional<Digest> digest;
  Content content;
  bool fixed = false;  // the tag is left alone where it exists, whatever it names
};

struct PlanOptions {
  bool allow_older = false;
  bool allow_fewer_platforms = false;
};

// One move of one tag in one repository; without `from` the tag is new.
struct Move {
  Tag tag;
  std::optional<Digest> from;
  std::optional<Digest> to;  // absent as in Wanted
  std::string because;       // of Wanted, and what the move replaces
};

struct Refusal {
  Tag tag;
  std::string because;  // for people; names the option that lifts it
};

struct Plan {
  std::string repository;
  std::vector<Move> moves;      // in the order in which they are to be done
  std::vector<Tag> up_to_date;  // name what is wanted already
  std::vector<Refusal> refused;
};

// Pure: no clock, no network.  A tag is up to date when it names the wanted digest, or an index of the wanted
// version made from the same archives, all platforms of it, by the same recipe;
// or one of the same identity; a fixed tag, when it exists.
//
// Refuses, unless allow_older, to replace an image by one of a lower version or, for the same version, by an
// older one: by `created`, and where that is not known on one side, by the update's date or by being the
// first release. Refuses, unless allow_fewer_platforms, to replace an index by one that lacks a platform of
// it (arm64 and arm64/v8 are one; the `unknown` platform under which buildx keeps attestations is none).  An
// image without our annotations may be replaced, and the move says so.
//
// `seen` has one entry per wanted tag, in the same order; a tag without one is refused.
Plan make_plan(const std::string& repository, const std::vector<Wanted>& wanted,
               const std::vector<std::optional<Seen>>& seen, const PlanOptions& options);

}  // namespace eulerpublisher
