#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "oci/digest.h"

namespace eulerpublisher::test {

// The rules of the OCI image-spec, looked at by hand and not by the program's own code (except for hashing):
// what an image index, its manifests, configurations and layers must be, all that is under one digest.

// Any blob or manifest by its digest; nothing when it is not there.
using BlobReader = std::function<std::optional<std::string>(const Digest&)>;

// What breaks a rule, each as one sentence; nothing when all is well.
std::vector<std::string> broken_rules(const Digest& index, const BlobReader& read);

// The same for an image layout (image-layout.md): its own files, and everything its index.json names.
std::vector<std::string> broken_layout_rules(const std::filesystem::path& folder);

BlobReader layout_reader(const std::filesystem::path& folder);
// What an image layout has under a tag; nothing when there is none.
std::optional<Digest> tagged_in_layout(const std::filesystem::path& folder, const std::string& tag);

// gzip or zstd undone, by libarchive; empty when it is neither.
std::string uncompressed(const std::string& bytes);
// A file of a tar: its content, or `-> TARGET` of a link; nothing when it is not there.  "./" before names
// does not count.
std::optional<std::string> file_of_tar(const std::string& tar, const std::string& name);

}  // namespace eulerpublisher::test
