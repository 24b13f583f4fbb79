#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "registry/repository.h"
#include "store/store.h"

namespace eulerpublisher {

// An OCI image layout on disk (`oci:FOLDER`) that behaves like a registry: tags are references in its
// index.json, blobs get their names when they are whole and what their digest says.  Two runs may write to
// one folder at once. What a manifest refers to must be there before it, as in a registry that checks.
class LayoutRepository : public Repository {
 public:
  // Nothing is touched before the first use; a folder that is not there is made by the first write.
  explicit LayoutRepository(std::filesystem::path folder);

  std::string name() const override { return name_; }
  Result<std::optional<Descriptor>> find(const Tag& tag, std::stop_token stop) override;
  Result<RawManifest> manifest(const Digest& digest, std::stop_token stop) override;
  Result<std::optional<uint64_t>> has_blob(const Digest& digest, std::stop_token stop) override;
  Result<std::unique_ptr<Source>> open_blob(const Descriptor& blob, uint64_t offset,
                                            std::stop_token stop) override;
  Result<std::vector<Tag>> tags(std::stop_token stop) override;

  Result<Put> put_blob(const Blob& blob, std::stop_token stop) override;
  Done put_manifest(const RawManifest& manifest, std::stop_token stop) override;
  Done tag(const Tag& tag, const RawManifest& manifest, std::stop_token stop) override;
  // Whether the folder, or the nearest above it, can be written to.
  Done may_push(std::stop_token stop) override;

 private:
  // The opened layout, or nothing when there is none yet and it is not to be made.
  Result<Store*> open(bool make);
  Done require_children(const RawManifest& manifest);

  std::filesystem::path folder_;
  std::string name_;
  Guarded<std::unique_ptr<Store>> store_;
};

}  // namespace eulerpublisher
