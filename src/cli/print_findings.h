#pragma once

#include <string>

#include "catalogue/lint.h"

namespace eulerpublisher::cli {

// What lint saw of a catalogue or a part of it.
struct LintedCatalogue {
  std::string root;
  size_t images = 0;
  size_t tags = 0;
  catalogue::Findings findings;
};

// For people and their editors: `file:line:column: severity EP-Cnnn text`, the hint below it, and a line that
// counts.
std::string describe(const LintedCatalogue& linted);
// The same as one JSON document.
std::string to_json(const LintedCatalogue& linted);

}  // namespace eulerpublisher::cli
