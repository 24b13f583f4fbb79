#pragma once

#include <string>
#include <vector>

#include "catalogue/build_graph.h"
#include "catalogue/catalogue.h"
#include "policy/policy.h"

namespace eulerpublisher::catalogue {

// The parts of lint(), one file each.  All add to `findings`.

// Lists, folders, entries and files with each other.
void compare_files(const Catalogue& catalogue, Findings& findings);
// What Dockerfiles build on with what there is.
void compare_bases(const Catalogue& catalogue, const Policy& policy, Findings& findings);
// Which tag is `latest`, and whether that can be trusted.
void compare_latest(const Catalogue& catalogue, const Policy& policy, Findings& findings);
// The tables of tags in README.md and doc/image-info.yml with meta.yml.
void compare_tables(const Catalogue& catalogue, Findings& findings);

// The entries that name one file, in the catalogue's order; those without a file are left out.
std::map<std::string, std::vector<EntryId>> entries_by_file(const Catalogue& catalogue);
// Their names, `NAME:TAG`.
std::vector<std::string> names_of(const Catalogue& catalogue, const std::vector<EntryId>& ids);

}  // namespace eulerpublisher::catalogue
