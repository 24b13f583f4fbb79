#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "base/clock.h"
#include "inspect/inspect_layer.h"
#include "inspect/root_view.h"
#include "oci/document.h"
#include "policy/check_rules.h"
#include "policy/version.h"
#include "registry/repository.h"
#include "rpm/package_list.h"

namespace eulerpublisher {

// What a check saw.
struct Finding {
  std::string where;        // a platform, a tag; empty: the image as a whole
  std::string text;         // with the evidence
  std::string output = {};  // what a program said, in lines; for results that have room for it
};
using Findings = std::vector<Finding>;

// How a check ended.  Four different things; the last two never count as the first.
enum class Outcome { passed, found, could_not_look, not_run };

// How it ended on one platform, where that was looked at one by one.
struct PlatformOutcome {
  Platform platform;
  Outcome outcome = Outcome::not_run;
  std::string note;
};

struct CheckResult {
  std::string name;
  std::string reason;  // why there is such a check
  Severity severity = Severity::blocker;
  Outcome outcome = Outcome::not_run;
  Findings findings;
  std::string note;                             // why it could not look or was not run
  std::vector<PlatformOutcome> platforms = {};  // of checks that run the image
};

// What an image is expected to be; what is absent is not compared.
struct Expectation {
  std::optional<Version> version;
  std::vector<Platform> required;
  std::vector<Tag> tags;           // all of these name the image
  std::vector<Tag> names = {};     // what it is called, or will be
  std::optional<bool> utc = {};    // the time zone
  std::optional<bool> tmout = {};  // whether idle shells stay logged in
  bool fewer_platforms = false;    // than before, on purpose
  std::optional<bool> hidden =
      {};  // whether only we can read the repository; absent: it is not published yet
};

// One platform of an image, as its repository holds it.
struct CheckedPlatform {
  Platform platform;
  Descriptor manifest;
  Document<Manifest> content;
  Document<Config> config;
  std::vector<InspectedLayer> layers;        // as those of the manifest; empty until they have been read
  std::optional<RootView> root;              // absent until then
  std::string unreadable;                    // why a layer could not be read, if so
  std::optional<PackageList> packages = {};  // absent without an rpm database, and until it has been read
  std::optional<Error> packages_fault = {};  // why it could not be read, if so
};

struct CheckedImage {
  Descriptor top;  // what the tag names
  std::optional<Document<Index>> index;
  std::vector<CheckedPlatform> platforms;
};

struct Comparison;  // check/comparison.h

// What is looked at.  Checks are handed a reader, so that they cannot write.
struct Subject {
  RepositoryReader& reader;
  const CheckedImage& image;
  const Expectation& expected;
  const CheckRules& rules;  // what the policy has decided
  Instant now = system_clock().now();
  const Comparison* comparison = nullptr;  // with the image that its tag named before
  std::string not_compared = {};           // why there is none
};

// What must have been read before a check can look.
enum class Needs { documents, layers, packages };

// One thing to look at: a file of src/check, and a row in known_checks() of the policy.
struct Check {
  std::string name;
  std::string reason;                     // why there is such a check, in half a sentence
  Severity severity = Severity::warning;  // unless the policy says another
  Needs needs = Needs::documents;
  // What was seen; an Error means "could not look".
  std::function<Result<Findings>(const Subject&, std::stop_token)> look;
  // Why there is nothing to look at, if so: the check is then `not run`, which is no pass.  May be empty.
  std::function<std::optional<std::string>(const Subject&)> needless = {};
};

// The look of a check that looks at each platform by itself.
std::function<Result<Findings>(const Subject&, std::stop_token)> on_each_platform(
    std::function<void(const CheckedPlatform&, const Subject&, Findings&)> look);

// Why nothing can be said about what became different, or nothing: for checks that compare.
std::optional<std::string> no_comparison(const Subject& subject);

// All checks that run nothing, in the order in which they are shown.
std::vector<Check> all_checks();

// Whether read_image() reads the layers that it is not given.
enum class Unread { leave, read };

// Reads the packages of a root file system; nothing when it has no rpm database (rpm/read_packages.h).
using PackageReader = std::function<Result<std::optional<PackageList>>(const RootView&, std::stop_token)>;

// Reads an image's documents, and each layer that is not among `known` once.  A layer that is damaged is told
// in its platform, and so is a database of packages that cannot be read; any other failure is an Error.
// Without `packages` there are none.  When the layers to be read have more than `most` bytes, none is.
Result<CheckedImage> read_image(RepositoryReader& reader, const Descriptor& top, const InspectedLayers& known,
                                Unread unread, std::stop_token stop, const PackageReader& packages = {},
                                uint64_t most = UINT64_MAX);

// Runs the checks.  Those that need layers which were not read are `not run`.
std::vector<CheckResult> run_checks(const std::vector<Check>& checks, const Subject& subject,
                                    std::stop_token stop);

// Whether any blocker was found, or a blocking check could not look.
bool refuses(const std::vector<CheckResult>& results);

std::string_view name_of(Outcome outcome);

}  // namespace eulerpublisher
