#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace eulerpublisher::http {

// What a server wants before it answers: one challenge of a WWW-Authenticate header (RFC 9110, 11.6.1).
struct Challenge {
  std::string scheme;                             // lower case
  std::map<std::string, std::string> parameters;  // names in lower case, values unquoted

  std::optional<std::string> get(const std::string& name) const;
};

// All challenges of all WWW-Authenticate headers, in order; one header may hold several.  Takes any input:
// what makes no sense is passed over, and endless lists are cut.
std::vector<Challenge> parse_challenges(const std::vector<std::string>& headers);

}  // namespace eulerpublisher::http
