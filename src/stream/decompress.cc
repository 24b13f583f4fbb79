#include "stream/decompress.h"

#include <archive.h>
#include <archive_entry.h>

#include <cerrno>
#include <optional>
#include <vector>

namespace eulerpublisher {
namespace {

class Decompressed : public Source {
 public:
  explicit Decompressed(std::unique_ptr<Source> inner) : inner_(std::move(inner)), buffer_(256 * 1024) {}

  Done begin() {
    archive* reader = archive_.get();
    archive_read_support_filter_gzip(reader);
    archive_read_support_filter_zstd(reader);
    archive_read_support_format_raw(reader);
    archive_read_support_format_empty(reader);
    archive_entry* entry = nullptr;
    int opened = archive_read_open(reader, this, nullptr, &Decompressed::supply, nullptr);
    if (opened != ARCHIVE_OK) return failure();
    int found = archive_read_next_header(reader, &entry);
    if (found == ARCHIVE_EOF) {
      empty_ = true;
      return {};
    }
    if (found != ARCHIVE_OK) return failure();
    return {};
  }

  Result<size_t> read(std::span<std::byte> room) override {
    if (empty_) return size_t{0};
    la_ssize_t count = archive_read_data(archive_.get(), room.data(), room.size());
    if (count < 0) return failure();
    return static_cast<size_t>(count);
  }

 private:
  struct Free {
    void operator()(archive* reader) const { archive_read_free(reader); }
  };

  static la_ssize_t supply(archive* reader, void* self, const void** bytes) {
    auto& source = *static_cast<Decompressed*>(self);
    auto count = source.inner_->read(source.buffer_);
    if (!count) {
      source.error_ = std::move(count).error();
      archive_set_error(reader, EIO, "the source failed");
      return -1;
    }
    *bytes = source.buffer_.data();
    return static_cast<la_ssize_t>(*count);
  }

  Error failure() {
    if (error_) return *error_;
    const char* text = archive_error_string(archive_.get());
    return corrupt("the compressed layer is damaged: {}", text ? text : "it cannot be read");
  }

  std::unique_ptr<Source> inner_;
  std::vector<std::byte> buffer_;
  std::optional<Error> error_;
  bool empty_ = false;
  std::unique_ptr<archive, Free> archive_{archive_read_new()};
};

}  // namespace

std::string_view name_of(Packing packing) {
  switch (packing) {
    case Packing::none:
      return "not compressed";
    case Packing::gzip:
      return "gzip";
    case Packing::zstd:
      return "zstd";
    case Packing::other:
      return "xz or bzip2";
  }
  return "unknown";
}

Packing packing_of(std::string_view head) {
  if (head.starts_with("\x1f\x8b")) return Packing::gzip;
  // A frame, or one that is to be skipped (RFC 8878, 3.1).
  bool skipped = head.size() >= 4 && (head[0] & 0xf0) == 0x50 && head.substr(1).starts_with("\x2a\x4d\x18");
  if (skipped || head.starts_with("\x28\xb5\x2f\xfd")) return Packing::zstd;
  if (head.starts_with("\xfd"
                       "7zXZ") ||
      head.starts_with("BZh"))
    return Packing::other;
  return Packing::none;
}

Result<std::unique_ptr<Source>> decompress(std::unique_ptr<Source> compressed) {
  auto source = std::make_unique<Decompressed>(std::move(compressed));
  TRY(source->begin());
  return source;
}

}  // namespace eulerpublisher
