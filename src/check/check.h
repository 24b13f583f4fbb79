#pragma once

#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "image/root_view.h"
#include "oci/document.h"
#include "policy/version.h"
#include "registry/repository.h"

namespace eulerpublisher {

enum class Severity { note, warning, blocker };

// What a check saw.
struct Finding {
  std::string where;  // a platform, a file, a layer; empty: the image as a whole
  std::string text;   // with the evidence
};

// How a check ended.  Four different things; the last two never count as the first.
enum class Outcome { passed, found, could_not_look, not_run };

struct CheckResult {
  std::string name;
  std::string reason;  // why there is such a check
  Severity severity = Severity::blocker;
  Outcome outcome = Outcome::not_run;
  std::vector<Finding> findings;
  std::string note;  // why it could not look or was not run
};

// What an image is expected to be; what is absent is not compared.
struct Expectation {
  std::optional<Version> version;
  std::vector<Platform> required;
  std::vector<Tag> tags;  // all of these name the image
};

// One platform of an image, as its repository holds it.
struct CheckedPlatform {
  Platform platform;
  Descriptor manifest;
  Document<Manifest> content;
  Document<Config> config;
  std::optional<RootView> root;  // absent until the layers have been read
};

struct CheckedImage {
  Descriptor top;  // what the tag names
  std::optional<Document<Index>> index;
  std::vector<CheckedPlatform> platforms;
};

// One thing to look at.  Is handed a reader, so that it cannot write.
class Check {
 public:
  virtual ~Check() = default;
  virtual std::string name() const = 0;
  virtual std::string reason() const = 0;
  virtual Severity severity() const { return Severity::blocker; }
  // Whether it needs the layers' content (CheckedPlatform::root).
  virtual bool needs_layers() const { return false; }
  // Why there is nothing to look at, if so: the check is then `not run`, which is no pass.
  virtual std::optional<std::string> needless(const Expectation&) const { return std::nullopt; }
  // What was seen; an Error means "could not look".
  virtual Result<std::vector<Finding>> look(RepositoryReader& reader, const CheckedImage& image,
                                            const Expectation& expected, std::stop_token stop) = 0;
};

// All checks there are, in the order in which they are shown.
std::vector<std::unique_ptr<Check>> all_checks();

// Reads an image's documents; with `layers`, each layer once.
Result<CheckedImage> read_image(RepositoryReader& reader, const Descriptor& top, bool layers,
                                std::stop_token stop);

// Runs the checks.  Those that need layers which were not read are `not_run`.
std::vector<CheckResult> run_checks(const std::vector<std::unique_ptr<Check>>& checks,
                                    RepositoryReader& reader, const CheckedImage& image,
                                    const Expectation& expected, std::stop_token stop);

// Whether any blocker was found, or a blocking check could not look.
bool refuses(const std::vector<CheckResult>& results);

std::string_view name_of(Severity severity);
std::string_view name_of(Outcome outcome);

}  // namespace eulerpublisher
