#pragma once

#include <optional>
#include <stop_token>
#include <string>

#include "catalogue/catalogue.h"
#include "catalogue/changes.h"
#include "cli/options.h"

namespace eulerpublisher::cli {

// What a person named of a catalogue, and the whole of it.
struct NamedCatalogue {
  catalogue::Location location;
  catalogue::Catalogue catalogue;
};

// Reads the catalogue that `named` belongs to.  `invalid` when it cannot be read.
Result<NamedCatalogue> read_named(const std::string& named, const Policy& policy);
// Where a catalogue's images go: what -p says, else the namespace that its Dockerfiles write.
std::string space_of(const Options& options, const NamedCatalogue& named);

// What --changed or --changed-since name; nothing when neither was given.  Files are named from where the
// program runs when that is within the catalogue, else below the catalogue's root.
Result<std::optional<catalogue::Changes>> changes_asked_for(const Options& options,
                                                            const NamedCatalogue& named,
                                                            std::stop_token stop);

}  // namespace eulerpublisher::cli
