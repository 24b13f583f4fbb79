#pragma once

#include "policy/check_rules.h"
#include "policy/yaml.h"

namespace eulerpublisher {

// The section `checks` of the policy: for each check that is named, what is decided about it.  What is left
// out of a check stays as it is built in; a list takes the place of the built-in one (docs/policy.md).
Result<CheckRules> read_check_rules(const YamlDocument& document, const YamlNode& section);

}  // namespace eulerpublisher
