#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace eulerpublisher {

// One --source: a web address or a folder that holds the release repository's tree.
class ReleaseSource {
 public:
  // `https://…`, `http://…`, `file://…` or a path.  `invalid`: empty, another kind of address, or one that
  // carries a user, a password or a query: the address becomes public with the image.
  static Result<ReleaseSource> parse(std::string_view text);

  // As the person wrote it.
  const std::string& name() const { return name_; }
  bool is_local() const { return local_; }
  // The address, or the path on disk, of what lies at `path` within the tree.
  std::string at(std::string_view path) const;

 private:
  ReleaseSource(std::string name, std::string base, bool local)
      : name_(std::move(name)), base_(std::move(base)), local_(local) {}
  std::string name_;
  std::string base_;  // without a slash at its end, except for the root folder
  bool local_;
};

// Whether this is a web address, and not a path.
bool is_web_address(std::string_view text);

// What a status means for whoever asked `url`: 404 and 410 `not_found`, 401 and 403 `denied`, all others
// `unavailable`.  The text is `URL → 404`.
Error status_error(std::string_view url, int status);

// Whether a status may be another one in a moment.
bool is_passing(int status);

}  // namespace eulerpublisher
