#pragma once

#include <filesystem>
#include <set>

#include "base/result.h"
#include "oci/digest.h"

namespace eulerpublisher {

// The largest manifest, index or configuration that is read as a document: what registries accept at most.
inline constexpr uint64_t document_limit = 4 << 20;

// blobs/sha256/HEX within a layout.
std::filesystem::path blob_path(const std::filesystem::path& layout, const Digest& digest);

// Those of the digests that are blobs here, and all blobs that they name, directly or through others.
Result<std::set<Digest>> reachable(const std::filesystem::path& layout, const std::set<Digest>& from);

// Waits until these blobs and their names are on the disk.  Cheap for those that already are.
Done sync_blobs(const std::filesystem::path& layout, const std::set<Digest>& digests);

// Notes that a file was used now, for prune().  It is only a hint, so it cannot fail.
void touch(const std::filesystem::path& path);

}  // namespace eulerpublisher
