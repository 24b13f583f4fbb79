#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "oci/digest.h"

namespace eulerpublisher {

// A layer put on top of the released ones.
struct AddedLayer {
  Digest diff_id;
  std::string created;  // RFC 3339
  std::string created_by;
};

// Makes the OCI configuration of what we publish out of the archive's (OCI image-spec, config.md): what only
// Docker knows goes, `Cmd` becomes bash where neither Cmd nor Entrypoint is given, a layer is added, and the
// history has one entry for each layer.  Everything else stays as it is.  The same input gives the same
// bytes.
Result<std::string> edit_config(std::string_view released, const std::optional<AddedLayer>& added);

}  // namespace eulerpublisher
