#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "catalogue/catalogue.h"
#include "policy/policy.h"

namespace eulerpublisher::catalogue {

// A base that is one of our own images: `openeuler/NAME:TAG`, also when written with docker.io in front.
struct OwnBase {
  std::string name;
  std::string tag;               // `latest` where the reference has none
  std::optional<EntryId> entry;  // in the catalogue; of `latest` the entry that has it
};
// Nothing when the reference names somebody else's image, or one by digest.
std::optional<OwnBase> own_base(const Catalogue& catalogue, const Policy& policy,
                                const std::string& reference);

// What an entry is built from, for all its platforms.  A Distrofile has no bases.
std::vector<Base> bases_of(const Catalogue& catalogue, EntryId id);

// Which entries build on which.  The node is name and tag: on names alone there would be circles.
class BuildGraph {
 public:
  BuildGraph(const Catalogue& catalogue, const Policy& policy);

  // The entries whose images this one is built on, directly.
  const std::set<EntryId>& needs(EntryId id) const;
  // `some` and everything that builds on them, however far.
  std::set<EntryId> with_dependants(const std::set<EntryId>& some) const;
  // `some`, bases before what is built on them, else in the catalogue's order; those in a circle come last.
  std::vector<EntryId> in_order(const std::set<EntryId>& some) const;
  // Every circle once, its members in the order in which they need each other.
  std::vector<std::vector<EntryId>> circles() const;

 private:
  std::map<EntryId, std::set<EntryId>> needs_;
  std::map<EntryId, std::set<EntryId>> needed_by_;
};

}  // namespace eulerpublisher::catalogue
