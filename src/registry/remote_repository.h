#pragma once

#include <memory>

#include "registry/registry.h"
#include "registry/repository.h"

namespace eulerpublisher {

// A repository at a registry that speaks the OCI distribution-spec.  Nothing that comes back is believed:
// manifests are hashed, sizes and digests compared.
class RemoteRepository : public Repository {
 public:
  RemoteRepository(std::shared_ptr<Registry> registry, RepositoryName name);

  std::string name() const override { return name_; }
  Result<std::optional<Descriptor>> find(const Tag& tag, std::stop_token stop) override;
  Result<RawManifest> manifest(const Digest& digest, std::stop_token stop) override;
  Result<std::optional<uint64_t>> has_blob(const Digest& digest, std::stop_token stop) override;
  Result<std::unique_ptr<Source>> open_blob(const Descriptor& blob, uint64_t offset,
                                            std::stop_token stop) override;
  Result<std::vector<Tag>> tags(std::stop_token stop) override;

  Result<Put> put_blob(const Blob& blob, std::stop_token stop) override;
  // Asked again for a while when the registry does not find what it accepted just before.
  Done put_manifest(const RawManifest& manifest, std::stop_token stop) override;
  // Nothing is sent when the tag names this manifest already: some registries refuse even that.
  Done tag(const Tag& tag, const RawManifest& manifest, std::stop_token stop) override;
  Done may_push(std::stop_token stop) override;

 private:
  http::Request request(std::string method, const std::string& path, std::string purpose,
                        bool push = false) const;
  Result<http::Response> ask(const http::Request& request, std::stop_token stop, const std::string& doing);
  Result<http::Response> ask_manifest(const std::string& method, const std::string& reference,
                                      std::stop_token stop);
  Done put(const std::string& reference, const RawManifest& manifest, std::stop_token stop);
  bool holds_children(const RawManifest& manifest);
  Result<uint64_t> measure_blob(const Digest& digest, std::stop_token stop);
  Error refused(const http::Response& response, const std::string& doing) const;

  std::shared_ptr<Registry> registry_;
  RepositoryName repository_;
  std::string name_;
};

}  // namespace eulerpublisher
