#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "oci/document.h"
#include "registry/repository.h"
#include "stream/stream.h"

namespace eulerpublisher::test {

// Bytes that do not compress and are the same in every run.
std::string random_bytes(size_t size, unsigned seed = 1);

Tag tag(const std::string& text);

// A small but whole image; different numbers make different images.
struct SampleImage {
  explicit SampleImage(int number = 1, const std::string& architecture = "amd64", size_t layer_bytes = 10240);

  std::shared_ptr<MemoryBlob> config, layer;
  RawManifest manifest;
  std::string architecture;
};

RawManifest index_of(const std::vector<SampleImage>& images);

// Everything in the order a registry wants it: blobs, manifests, the index, and the tag last.
Done put_all(Repository& repository, const std::vector<SampleImage>& images, const Tag& tag);

}  // namespace eulerpublisher::test
