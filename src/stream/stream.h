#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string>

#include "base/result.h"
#include "oci/descriptor.h"

namespace eulerpublisher {

using Bytes = std::span<const std::byte>;

inline Bytes as_bytes(std::string_view text) { return std::as_bytes(std::span(text.data(), text.size())); }
inline std::string_view as_text(Bytes bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

// Bytes go in.  finish() commits, destruction abandons.  Used by one thread at a time.
class Sink {
 public:
  virtual ~Sink() = default;
  virtual Done write(Bytes bytes) = 0;
  virtual Done finish() = 0;
};

// Bytes come out, each once.  Used by one thread at a time.
class Source {
 public:
  virtual ~Source() = default;
  // Fills as much of `room` as is at hand, at least one byte; 0 means the end.  May wait.
  virtual Result<size_t> read(std::span<std::byte> room) = 0;
};

// Bytes that can be read any number of times, by any number of threads, also while they are being written.
class Blob {
 public:
  virtual ~Blob() = default;
  // Media type, digest and size; nothing while the blob is still growing.
  virtual std::optional<Descriptor> descriptor() const = 0;
  // Reads from `offset` on.  The source waits for bytes that are not there yet; asking `stop` ends the wait
  // with `cancelled`.  The blob must outlive its sources, unless it says otherwise.
  virtual Result<std::unique_ptr<Source>> open(uint64_t offset, std::stop_token stop) const = 0;
};

// A blob in memory.
class MemoryBlob : public Blob {
 public:
  MemoryBlob(std::string media_type, std::string bytes);
  std::optional<Descriptor> descriptor() const override { return descriptor_; }
  Result<std::unique_ptr<Source>> open(uint64_t offset, std::stop_token stop) const override;
  const std::string& bytes() const { return bytes_; }

 private:
  std::string bytes_;
  Descriptor descriptor_;
};

// A whole file of known digest.  Opening it may fail, constructing it does not touch the disk.
class FileBlob : public Blob {
 public:
  FileBlob(std::string path, Descriptor descriptor)
      : path_(std::move(path)), descriptor_(std::move(descriptor)) {}
  std::optional<Descriptor> descriptor() const override { return descriptor_; }
  Result<std::unique_ptr<Source>> open(uint64_t offset, std::stop_token stop) const override;

 private:
  std::string path_;
  Descriptor descriptor_;
};

// A sink that keeps everything in memory; more than `limit` bytes is `corrupt`.
class MemorySink : public Sink {
 public:
  explicit MemorySink(uint64_t limit) : limit_(limit) {}
  Done write(Bytes bytes) override;
  Done finish() override;
  bool finished() const { return finished_; }
  std::string& text() { return text_; }

 private:
  uint64_t limit_;
  std::string text_;
  bool finished_ = false;
};

// Moves everything from source to sink and finishes it.  Returns the number of bytes.
Result<uint64_t> pump(Source& source, Sink& sink, std::stop_token stop = {});

// The rest of a source as text; more than `limit` bytes is `corrupt`.
Result<std::string> read_all(Source& source, uint64_t limit);

// A file's content; more than `limit` bytes is `corrupt`.
Result<std::string> read_file(const std::string& path, uint64_t limit);

}  // namespace eulerpublisher
