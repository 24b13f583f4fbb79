#pragma once

#include <string>
#include <string_view>

#include "base/error.h"
#include "http/client.h"

namespace eulerpublisher {

// What a registry says about an answer that is not a success (OCI distribution-spec, "Error Codes"): the
// first error of a JSON body, or the first line of any other text.
struct Complaint {
  std::string code;     // `BLOB_UPLOAD_INVALID`; empty when there is none
  std::string message;  // printable, one line, at most 200 bytes; may be empty

  // `BLOB_UPLOAD_INVALID: blob upload invalid`, or what there is of it.
  std::string text() const;
};
Complaint complaint_in(std::string_view body);

// An answer that is not a success as an Error: what was being done and where, what was said, and what to do.
// 401 and 403 are `denied`, 404 `not_found`, 409 and 412 `conflict`, 408, 425, 429 and 5xx `unavailable`, all
// others `unsupported`.  `doing` is like `uploading sha256:…`, `repository` like
// `quay.io/openeuler/openeuler`.
Error refusal(const http::Response& response, std::string_view repository, std::string_view doing);

// `text` on one line, without control characters and broken UTF-8, at most `limit` bytes.
std::string printable(std::string_view text, size_t limit);

}  // namespace eulerpublisher
