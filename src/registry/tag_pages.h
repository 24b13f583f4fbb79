#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "http/client.h"
#include "http/url.h"
#include "oci/name.h"

namespace eulerpublisher {

// The pages of a list of tags (OCI distribution-spec, "Listing Tags"): each names the next in its Link. Links
// that go in a circle, to another host, or on without end do not lead us astray.
class TagPages {
 public:
  // `where` is for messages.
  TagPages(http::Url first, std::string where) : next_(std::move(first)), where_(std::move(where)) {}

  // The page to be asked for now, or nothing after the last.
  std::optional<http::Url> next() const { return next_; }
  // What came for it.  `corrupt` when it is no list of tags, or leads elsewhere.
  Done add(const http::Response& page);
  // Each once; names that are no tags are left out.
  std::vector<Tag> tags() const { return {tags_.begin(), tags_.end()}; }

 private:
  std::optional<http::Url> next_;
  std::string where_;
  std::set<std::string> seen_;  // addresses
  std::set<Tag> tags_;
};

// The target of a `Link: <…>; rel="next"`, or nothing.
std::optional<std::string> next_link(std::string_view header);

}  // namespace eulerpublisher
