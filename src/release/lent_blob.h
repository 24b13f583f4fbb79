#pragma once

#include <memory>

#include "registry/repository.h"

namespace eulerpublisher {

// A layer that another repository holds; read from there whenever it is read.
class LentBlob : public Blob {
 public:
  LentBlob(std::shared_ptr<RepositoryReader> repository, Descriptor descriptor)
      : repository_(std::move(repository)), descriptor_(std::move(descriptor)) {}
  std::optional<Descriptor> descriptor() const override { return descriptor_; }
  Result<std::unique_ptr<Source>> open(uint64_t offset, std::stop_token stop) const override {
    return repository_->open_blob(descriptor_, offset, stop);
  }

 private:
  std::shared_ptr<RepositoryReader> repository_;
  Descriptor descriptor_;
};

}  // namespace eulerpublisher
