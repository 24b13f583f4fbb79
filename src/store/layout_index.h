#pragma once

#include <filesystem>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "oci/descriptor.h"
#include "oci/name.h"
#include "store/new_file.h"

namespace eulerpublisher {

// index.json of an OCI image layout (OCI image-spec, image-layout.md).  Other tools write it too: entries and
// fields we do not know stay as they are.  Changes are read, made and written under the lock of index.lock,
// so that two of our runs lose nothing of each other's.  Safe from any thread.
class LayoutIndex {
 public:
  LayoutIndex(std::filesystem::path folder, const NewFiles& files);

  // Writes oci-layout and an empty index.json where they are missing.  `unsupported`: a layout of another
  // version.
  Done create();
  // Whether set() would change nothing.
  Result<bool> has(const std::string& name, const Descriptor& descriptor) const;
  // One entry by that org.opencontainers.image.ref.name; others of the same name go.
  Done set(const std::string& name, const Descriptor& descriptor);
  Result<std::optional<Descriptor>> find(const std::string& name) const;
  // All entries; the name is empty where an entry has none.
  Result<std::vector<std::pair<std::string, Descriptor>>> all() const;
  // Takes away every entry that refers to one of these.
  Done remove(const std::set<Digest>& digests);

 private:
  std::filesystem::path folder_;
  const NewFiles& files_;
};

// Every digest that a JSON document names, or only those that stand under this key; none when it is no JSON.
std::set<Digest> digests_in(std::string_view json, std::optional<std::string_view> key = {});

}  // namespace eulerpublisher
