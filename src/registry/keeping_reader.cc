#include "registry/keeping_reader.h"

#include <atomic>
#include <fstream>

#include "stream/hashing.h"

namespace eulerpublisher {
namespace {

namespace fs = std::filesystem;

// Passes bytes on and writes them into a file, which gets its name when it is whole and right.
class Keeping : public Source {
 public:
  Keeping(std::unique_ptr<Source> inner, Digest digest, fs::path file, fs::path kept)
      : inner_(std::move(inner)),
        digest_(std::move(digest)),
        file_(std::move(file)),
        kept_(std::move(kept)),
        out_(file_, std::ios::binary) {}
  ~Keeping() override {
    std::error_code ignored;
    fs::remove(file_, ignored);
  }

  Result<size_t> read(std::span<std::byte> room) override {
    size_t count = TRY(inner_->read(room));
    if (count == 0) {
      keep();
    } else if (out_) {
      hash_.update(room.first(count));
      out_.write(reinterpret_cast<const char*>(room.data()), static_cast<std::streamsize>(count));
    }
    return count;
  }

 private:
  void keep() {
    if (!out_.is_open()) return;
    out_.close();
    std::error_code ignored;
    if (out_ && hash_.digest() == digest_) fs::rename(file_, kept_, ignored);
  }

  std::unique_ptr<Source> inner_;
  Digest digest_;
  fs::path file_, kept_;
  std::ofstream out_;
  Sha256 hash_;
};

}  // namespace

Result<std::unique_ptr<Source>> KeepingReader::open_blob(const Descriptor& blob, uint64_t offset,
                                                         std::stop_token stop) {
  static std::atomic<unsigned> number;
  fs::path kept = folder_ / blob.digest.hex();
  std::error_code ignored;
  if (fs::exists(kept, ignored)) return FileBlob(kept.string(), blob).open(offset, stop);
  auto inner = TRY(inner_.open_blob(blob, offset, stop));
  if (offset != 0) return inner;
  fs::path file = folder_ / fmt::format("{}.{}", blob.digest.hex(), ++number);
  return std::unique_ptr<Source>(
      new Keeping(std::move(inner), blob.digest, std::move(file), std::move(kept)));
}

}  // namespace eulerpublisher
