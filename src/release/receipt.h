#pragma once

#include <string>
#include <vector>

#include "base/clock.h"
#include "check/check.h"
#include "oci/descriptor.h"
#include "policy/plan.h"
#include "release/commit.h"

namespace eulerpublisher {

// What one destination ended with.
struct DestinationReceipt {
  // done: every tag is where it should be; behind: not all are; untouched: nothing visible was changed.
  enum class State { done, behind, untouched };
  std::string name;
  std::string repository;
  State state = State::untouched;
  std::string error;
  uint64_t blobs_sent = 0;
  uint64_t blobs_there = 0;
  std::vector<Tag> up_to_date;
  std::vector<MoveOutcome> moves;
  std::vector<CheckResult> checks;    // before the tags were moved
  std::vector<std::string> findings;  // after
};

// What a run did: who, what, from where, digests, tags before and after.  A value, printed as JSON.
struct Receipt {
  struct Source {
    Platform platform;
    std::string url;  // where it was fetched from
    Digest sha256;
  };
  struct Image {
    Platform platform;
    Digest manifest;
    Digest config;
    std::vector<Descriptor> layers;
  };

  std::string id;    // in the journal; empty when nothing was recorded
  std::string tool;  // eulerpublisher and its version
  std::string by;    // who ran it: `alice@build01`; empty where that is not known
  std::string version;
  std::string index;
  std::string recipe;
  // published, nothing to do, behind, refused, failed
  std::string result;
  std::string error;
  std::optional<Digest> digest;
  std::vector<Source> sources;
  std::vector<Image> images;
  std::vector<DestinationReceipt> destinations;
  std::vector<std::string> notes;
  Instant started{};
  Instant finished{};

  std::string print() const;
};

std::string_view name_of(DestinationReceipt::State state);

}  // namespace eulerpublisher
