#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>

#include "base/guarded.h"
#include "registry/repository.h"

namespace eulerpublisher::test {

// A registry in memory that keeps to the contract of Repository: digests are verified, a manifest's children
// must be there before it.  Several repositories of one MemoryRegistry know each other's blobs, and mount
// them.
class MemoryRegistry {
 public:
  struct Holdings {
    std::map<Digest, std::string> blobs;
    std::map<Digest, RawManifest> manifests;
    std::map<Tag, Digest> tags;
  };
  Guarded<std::map<std::string, Holdings>> repositories;  // by name
};

class MemoryRepository : public Repository {
 public:
  explicit MemoryRepository(std::string name = "memory/openeuler/openeuler",
                            std::shared_ptr<MemoryRegistry> registry = std::make_shared<MemoryRegistry>())
      : name_(std::move(name)), registry_(std::move(registry)) {}

  // Called before each operation with its name, `tag latest`, `put_blob`, `find 24.03` …; an error becomes
  // the operation's.  Set it before others use the repository.
  std::function<Done(const std::string& operation)> before;

  // A copy of what it holds now.
  MemoryRegistry::Holdings holdings() const;

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
  Done may_push(std::stop_token stop) override;

 private:
  Done enter(const std::string& operation, const std::stop_token& stop);

  std::string name_;
  std::shared_ptr<MemoryRegistry> registry_;
};

}  // namespace eulerpublisher::test
