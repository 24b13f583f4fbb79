#pragma once

#include <string_view>
#include <vector>

#include "policy/yaml.h"

namespace eulerpublisher::catalogue {

// What could be read of a YAML file, and what could not.
struct YamlFile {
  YamlNode root;
  std::vector<YamlFault> faults;
};

// Reads a mapping.  Where the whole is not YAML, its entries are read one by one, so that a bad one spoils
// itself only; `levels` says how deep: 1 for the entries of the top level, 2 for those below them too.
// Keys that stand twice are kept.  Any bytes.
YamlFile read_entries(std::string_view text, int levels);

}  // namespace eulerpublisher::catalogue
