#pragma once

#include <optional>
#include <string>
#include <vector>

#include "oci/descriptor.h"

namespace eulerpublisher {

// A manifest or an index exactly as it travels.
struct RawManifest {
  std::string media_type;
  std::string bytes;

  Digest digest() const { return digest_of(bytes); }
  Descriptor descriptor() const { return {media_type, digest(), bytes.size(), {}, {}}; }
};

// OCI image-spec, manifest.md.
struct Manifest {
  std::string media_type;
  Descriptor config;
  std::vector<Descriptor> layers;  // the lowest first
  Annotations annotations;

  static Result<Manifest> parse(std::string_view bytes);
  // The same value gives the same bytes everywhere: keys in order, no blanks.
  std::string print() const;
};

// OCI image-spec, image-index.md.
struct Index {
  std::string media_type;
  std::vector<Descriptor> manifests;
  Annotations annotations;

  static Result<Index> parse(std::string_view bytes);
  std::string print() const;
};

// What we read of an image configuration (OCI image-spec, config.md).  It is never printed again from here:
// a configuration is changed as the JSON document it is (image/assemble.h).
struct Config {
  struct History {
    std::string created;
    std::string created_by;
    bool empty_layer = false;
  };

  Platform platform;
  std::string created;  // RFC 3339, or empty
  std::vector<std::string> cmd;
  std::vector<std::string> entrypoint;
  std::vector<std::string> env;
  std::string user;
  std::map<std::string, std::string> labels;
  std::vector<Digest> diff_ids;  // the lowest first
  std::vector<History> history;

  static Result<Config> parse(std::string_view bytes);
};

// What a document says, beside the exact bytes it says it with.  Digests are always of the bytes.
template <class T>
class Document {
 public:
  static Result<Document> parse(std::string bytes) {
    T value = TRY(T::parse(bytes));
    return Document(std::move(value), std::move(bytes));
  }
  // A document made here: printed once, and from then on these bytes.
  static Document of(T value) {
    std::string bytes = value.print();
    return Document(std::move(value), std::move(bytes));
  }

  const T& operator*() const { return value_; }
  const T* operator->() const { return &value_; }
  const std::string& bytes() const { return bytes_; }
  Digest digest() const { return digest_of(bytes_); }
  Descriptor descriptor(std::string_view media_type) const {
    return {std::string(media_type), digest(), bytes_.size(), {}, {}};
  }

 private:
  Document(T value, std::string bytes) : value_(std::move(value)), bytes_(std::move(bytes)) {}
  T value_;
  std::string bytes_;
};

}  // namespace eulerpublisher
