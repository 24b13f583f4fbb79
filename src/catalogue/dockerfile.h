#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "catalogue/finding.h"
#include "oci/platform.h"

namespace eulerpublisher::catalogue {

// Something a Dockerfile is made from: an image that a FROM, a COPY --from or a RUN --mount=from= names.
struct Base {
  std::string reference;  // with arguments filled in: openeuler/openeuler:24.03-lts-sp3
  int line = 1;           // where it is named
  bool is_start = true;   // of a FROM; false: files are only copied from it
  bool is_root = false;   // what the last stage begins with, itself or through other stages
  bool resolved = true;   // false: an argument without a value is left in it
  Platform for_platform;  // which build it belongs to: FROM x-${TARGETARCH} differs by platform
  Platform platform;      // which platform of the base is taken (FROM --platform)

  bool operator==(const Base&) const = default;
};

// Arguments that a build is given beside the defaults of ARG lines.
using Arguments = std::map<std::string, std::string>;

// A Dockerfile as far as its bases go.  It is read as BuildKit reads it: parser directives, continuations
// (blanks after the backslash and blank lines within are accepted), comments, here-documents of RUN, COPY and
// ADD skipped as a whole.  A value.
class Dockerfile {
 public:
  // Any bytes.  What is noteworthy in it is added to `findings`, with `file` as its place; what cannot be
  // built (no FROM, a here-document without end) has the code wrong_dockerfile.
  static Dockerfile read(std::string_view text, const std::string& file, Findings& findings);

  // What a build for `platform` is made from: of the last stage and those it reaches, in the order of the
  // file, each image once.  `scratch` is none.  Defaults of ARG lines before the first FROM and the platform
  // arguments that BuildKit gives (TARGETARCH, BUILDPLATFORM …; the build is taken to run on the target's
  // kind of machine) are filled in, `arguments` override the defaults.
  std::vector<Base> bases(const Platform& platform, const Arguments& arguments = {}) const;
  // The same, once for every place that names one.
  std::vector<Base> every_base(const Platform& platform, const Arguments& arguments = {}) const;

 private:
  friend class DockerfileReader;
  // A stage or an image that a stage needs, as written.
  struct Need {
    std::string reference;
    int line = 1;
    bool is_start = false;
  };
  struct Stage {
    std::string name;      // lower case; empty: it has none
    std::string platform;  // of FROM --platform, as written
    std::vector<Need> needs;
  };
  struct Argument {
    std::string name;
    std::optional<std::string> value;
  };

  std::vector<Argument> arguments_;  // before the first FROM
  std::vector<Stage> stages_;
};

}  // namespace eulerpublisher::catalogue
