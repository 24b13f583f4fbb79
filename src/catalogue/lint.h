#pragma once

#include <set>
#include <string>

#include "catalogue/build_graph.h"
#include "catalogue/catalogue.h"
#include "catalogue/finding.h"
#include "policy/policy.h"

namespace eulerpublisher::catalogue {

// Everything that can be said about a catalogue: what reading it found, and what shows only when its parts
// are compared with each other, with the policy and with the tables of tags in their documents.  By file,
// line and column.  Reads the documents of the images; changes nothing.
Findings lint(const Catalogue& catalogue, const Policy& policy);

// Which findings somebody wants to see.
struct Scope {
  std::set<std::string> folders;  // below the root, with all that is in them; the empty one is everything
  std::set<std::string> files;
  std::set<std::string> about;  // `NAME:TAG`, or `NAME` for what concerns an image as a whole

  bool has(const Finding& finding) const;
};

// Everything in what a person named.
Scope scope_of(const Catalogue& catalogue, const Location& location);

// How many findings of each severity there are.
struct Counts {
  size_t errors = 0;
  size_t warnings = 0;
  size_t notes = 0;
};
Counts count(const Findings& findings);

}  // namespace eulerpublisher::catalogue
