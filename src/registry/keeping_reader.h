#pragma once

#include <filesystem>

#include "registry/repository.h"

namespace eulerpublisher {

// A repository whose blobs come over the wire once: what was read to its end, and is what its digest says, is
// kept in a folder and read from there the next time.  When there is no room it is a repository like any
// other. `inner` outlives it, and the folder is the caller's to remove.  Safe from any thread.
class KeepingReader : public RepositoryReader {
 public:
  KeepingReader(RepositoryReader& inner, std::filesystem::path folder)
      : inner_(inner), folder_(std::move(folder)) {}

  std::string name() const override { return inner_.name(); }
  Result<std::optional<Descriptor>> find(const Tag& tag, std::stop_token stop) override {
    return inner_.find(tag, std::move(stop));
  }
  Result<RawManifest> manifest(const Digest& digest, std::stop_token stop) override {
    return inner_.manifest(digest, std::move(stop));
  }
  Result<std::optional<uint64_t>> has_blob(const Digest& digest, std::stop_token stop) override {
    return inner_.has_blob(digest, std::move(stop));
  }
  Result<std::vector<Tag>> tags(std::stop_token stop) override { return inner_.tags(std::move(stop)); }
  Result<std::unique_ptr<Source>> open_blob(const Descriptor& blob, uint64_t offset,
                                            std::stop_token stop) override;

 private:
  RepositoryReader& inner_;
  std::filesystem::path folder_;
};

}  // namespace eulerpublisher
