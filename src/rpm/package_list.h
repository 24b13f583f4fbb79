#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace eulerpublisher {

// A package that an rpm database says is installed.  All text is the database's own: any bytes.
struct Package {
  std::string name;
  std::string epoch;  // empty: none
  std::string version;
  std::string release;
  std::string architecture;  // x86_64, noarch; empty for a key
  std::string key;           // the id of the key it is signed with, in hex digits; empty: not signed
  uint64_t size = 0;         // bytes, installed

  // `1:2.38-29.oe2403`
  std::string full_version() const;
  // Whether it is no package but a key that packages may be signed with (rpm keeps these among them).
  bool is_key() const { return name == "gpg-pubkey"; }

  auto operator<=>(const Package&) const = default;
};

// Sorted by name, then by version and so on; a name may stand twice (kernels, keys).
using PackageList = std::vector<Package>;

// As JSON, for the way between two processes; bytes that are no UTF-8 are replaced.
std::string print_packages(const PackageList& packages);
// `corrupt` for what print_packages() does not print.
Result<PackageList> parse_packages(std::string_view json);

}  // namespace eulerpublisher
