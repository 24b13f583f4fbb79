#pragma once

#include <functional>
#include <set>
#include <stop_token>
#include <string>
#include <vector>

#include "catalogue/build_graph.h"
#include "catalogue/catalogue.h"
#include "catalogue/lint.h"

namespace eulerpublisher::catalogue {

// What somebody changed in a catalogue.
struct Changes {
  std::set<EntryId> entries;     // without what builds on them
  std::set<std::string> images;  // names of images of which something changed, an entry or a document
  std::set<std::string> files;   // below the root
};

// What a file held before, or nothing when it was not there.
using TextBefore = std::function<Result<std::optional<std::string>>(const std::string& file)>;

// Which entries these files belong to: those whose context has them.  Of a meta.yml or image-list.yml the
// entries that differ from what they were, and without `before` all of them.  Files are named below the root;
// those that are none of the catalogue's are left out.
Result<Changes> changes_in(const Catalogue& catalogue, const std::vector<std::string>& files,
                           const TextBefore& before = {});

// What differs from where the working tree's history parted from `revision`, by git.
Result<Changes> changes_since(const Catalogue& catalogue, const std::string& revision,
                              std::stop_token stop = {});

// Everything about what changed, and about what builds on it.
Scope scope_of(const Catalogue& catalogue, const BuildGraph& graph, const Changes& changes);

}  // namespace eulerpublisher::catalogue
