#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "base/guarded.h"
#include "build/builder.h"
#include "registry/repository.h"

namespace eulerpublisher::rollout {

// A registry, and a namespace in it, that holds images of ours.
struct Shelf {
  std::string name;  // for people: quay.io/openeuler
  std::string
      address;  // as engines are told: quay.io/openeuler; empty: none can pull from there (oci:FOLDER)
  bool plain_http = false;  // without TLS
  std::function<Result<std::shared_ptr<RepositoryReader>>(const std::string& image)> repository;
};

// A base as a build gets it: by digest, so that nothing moves under it.
struct PinnedBase {
  std::string name;       // openeuler/python:3.12-oe2403lts, as Dockerfiles name it
  Digest digest;          // of the index, or of the manifest where there is no index
  std::string reference;  // for FROM: quay.io/openeuler/python@sha256:…
  bool plain_http = false;
  std::shared_ptr<RepositoryReader> repository;
};

// What one platform of a base adds to the images on it.
struct BaseLayers {
  build::KnownLayers known;
  std::map<Digest, std::shared_ptr<const Blob>> blobs;  // by the layers' digests; read from where the base is
};

// Which bases a run builds on: each is looked up once, so that all images of one run stand on the same.  Safe
// from any thread.
class Bases {
 public:
  // From `from` comes what was not published in this run, to `published` goes what is.
  Bases(Shelf from, Shelf published) : from_(std::move(from)), published_(std::move(published)) {}

  // The base `name:tag`; `not_found` when it is not there.
  Result<PinnedBase> find(const std::string& repositories, const std::string& name, const std::string& tag,
                          std::stop_token stop);
  // From here on this base is what this run has published, or found to be up to date.
  void published(const std::string& name, const std::string& tag, const Digest& digest);
  // `not_found` when the base has no such platform.
  Result<BaseLayers> layers(const PinnedBase& base, const Platform& platform, std::stop_token stop);

 private:
  Result<BaseLayers> read_layers(const PinnedBase& base, const Platform& platform, std::stop_token stop);
  Result<PinnedBase> look_up(const std::string& shown, const std::string& name, const std::string& tag,
                             std::stop_token stop);
  Result<PinnedBase> pin(const Shelf& shelf, const std::string& shown, const std::string& name,
                         const Digest& digest);

  Shelf from_;
  Shelf published_;
  using Key = std::pair<std::string, std::string>;
  struct State {
    std::map<Key, PinnedBase> known;
    std::map<Key, Digest> published;
    std::map<std::pair<Digest, Platform>, BaseLayers> layers;
  };
  Guarded<State> state_;
};

}  // namespace eulerpublisher::rollout
