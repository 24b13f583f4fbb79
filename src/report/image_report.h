#pragma once

#include <optional>
#include <string>
#include <vector>

#include "check/check.h"
#include "check/comparison.h"
#include "rpm/package_list.h"

namespace eulerpublisher {

// What the rpm database of one platform says is installed.
struct PlatformPackages {
  Platform platform;
  PackageList packages;
};

// What was looked at under one name, and what came of it: for files that other programs and people read.
struct ImageReport {
  std::string repository;  // as people call it: `docker.io/openeuler/openeuler`
  std::string reference;   // the tag, or the digest that was asked for
  Digest digest;
  std::vector<Platform> platforms;
  std::vector<CheckResult> results;
  std::vector<PlatformPackages> packages = {};  // of the platforms that have an rpm database
  std::optional<Comparison> comparison = {};    // with the image before it
  std::string not_compared = {};                // why there is none

  std::string name() const { return repository + (reference.starts_with("sha256:") ? "@" : ":") + reference; }
};

// JUnit's XML, as Jenkins and GitLab show it: a suite for each image, a case for each check and platform.
// What a check found is a failure of type `blocker` or `warning`; a note is none and stands in the output of
// a case that passed.  `could not look` is an error, `not run` is skipped, with the reason.
std::string print_junit(const std::vector<ImageReport>& reports);

// A page that needs nothing but itself (page/page.h).
std::string print_html(const std::vector<ImageReport>& reports);

}  // namespace eulerpublisher
