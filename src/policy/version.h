#pragma once

#include <compare>
#include <string>
#include <string_view>

#include "base/result.h"
#include "oci/name.h"

namespace eulerpublisher {

// A version of openEuler: `24.03-LTS-SP1`, `22.03-LTS`, `23.09` (an innovation release); a value (spec:
// release-repository.md, "Where the archives lie").  Ordered by year, month, then service pack; 24.03-LTS
// comes before 24.03-LTS-SP1.
class Version {
 public:
  // Strict: two digits, a dot, the month in two digits, then nothing, `-LTS` or `-LTS-SPn` (n from 1 to 99).
  // Case does not matter, and the release repository's name for it, `openEuler-24.03-LTS`, is understood too.
  // Anything else (24.3, DevStation, 24.03-LTS-SP1-test) is `invalid`.
  static Result<Version> parse(std::string_view text);

  int year() const { return year_; }
  int month() const { return month_; }
  bool lts() const { return lts_; }
  int service_pack() const { return service_pack_; }  // 0: none

  // As in the release repository: 24.03-LTS-SP1.
  std::string text() const;
  // 24.03
  std::string series() const;
  // As VERSION in os-release has it: 24.03 (LTS-SP1).
  std::string os_release() const;
  // The version's own tag: 24.03-lts-sp1.
  Tag tag() const;

  auto operator<=>(const Version&) const = default;

 private:
  Version(int year, int month, bool lts, int service_pack)
      : year_(year), month_(month), lts_(lts), service_pack_(service_pack) {}
  int year_;
  int month_;
  bool lts_;
  int service_pack_;
};

}  // namespace eulerpublisher
