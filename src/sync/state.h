#pragma once

#include <filesystem>
#include <map>
#include <string>

#include "http/revalidating.h"
#include "oci/digest.h"
#include "sync/attempts.h"
#include "sync/decide.h"
#include "sync/totals.h"

namespace eulerpublisher::sync {

// What sync knows again after a restart.  All of it may be lost without harm: what is not known is looked at
// anew, and what registries hold is never taken from here but by its digest.
struct State {
  std::map<std::string, http::Kept> documents;  // of the release repository
  std::map<Digest, std::string> indexes;        // what tags named, by digest
  std::map<Version, Offer> published;           // what was offered of versions that are published
  Attempts attempts;
  NotYetSince not_yet_since;
  Totals totals;

  std::string print() const;
  // Any bytes; what cannot be read is left out.
  static State parse(std::string_view json);
};

// Nothing where there is no such file.
Result<State> read_state(const std::filesystem::path& file);
// Whole or not at all.
Done write_state(const std::filesystem::path& file, const State& state);

}  // namespace eulerpublisher::sync
