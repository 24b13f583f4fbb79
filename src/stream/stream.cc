#include "stream/stream.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <vector>

#include "stream/spool.h"

namespace eulerpublisher {
namespace {

constexpr size_t pump_buffer = 256 << 10;

class MemorySource : public Source {
 public:
  explicit MemorySource(Bytes bytes) : bytes_(bytes) {}
  Result<size_t> read(std::span<std::byte> room) override {
    size_t count = std::min(room.size(), bytes_.size());
    if (count > 0) std::memcpy(room.data(), bytes_.data(), count);
    bytes_ = bytes_.subspan(count);
    return count;
  }

 private:
  Bytes bytes_;
};

class FileSource : public Source {
 public:
  FileSource(FileHandle file, std::string path, uint64_t offset, std::stop_token stop)
      : file_(std::move(file)), path_(std::move(path)), offset_(offset), stop_(std::move(stop)) {}
  Result<size_t> read(std::span<std::byte> room) override {
    while (true) {
      if (stop_.stop_requested()) return cancelled("stopped while reading {}", path_);
      ssize_t count = ::pread(file_.get(), room.data(), room.size(), static_cast<off_t>(offset_));
      if (count < 0 && errno == EINTR) continue;
      if (count < 0) return system_error(errno, "reading " + path_);
      offset_ += static_cast<uint64_t>(count);
      return static_cast<size_t>(count);
    }
  }

 private:
  FileHandle file_;
  std::string path_;
  uint64_t offset_;
  std::stop_token stop_;
};

Result<std::unique_ptr<FileSource>> open_source(const std::string& path, uint64_t offset,
                                                std::stop_token stop) {
  FileHandle file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file) return system_error(errno, "reading " + path);
  return std::make_unique<FileSource>(std::move(file), path, offset, std::move(stop));
}

}  // namespace

MemoryBlob::MemoryBlob(std::string media_type, std::string bytes)
    : bytes_(std::move(bytes)),
      descriptor_{std::move(media_type), digest_of(bytes_), bytes_.size(), {}, {}} {}

Result<std::unique_ptr<Source>> MemoryBlob::open(uint64_t offset, std::stop_token) const {
  Bytes all = as_bytes(bytes_);
  return std::make_unique<MemorySource>(all.subspan(std::min<uint64_t>(offset, all.size())));
}

Result<std::unique_ptr<Source>> FileBlob::open(uint64_t offset, std::stop_token stop) const {
  return TRY(open_source(path_, offset, std::move(stop)));
}

Done MemorySink::write(Bytes bytes) {
  if (bytes.size() > limit_ - std::min<uint64_t>(limit_, text_.size()))
    return corrupt("more than {} bytes where at most that many are expected", limit_);
  text_.append(as_text(bytes));
  return {};
}

Done MemorySink::finish() {
  finished_ = true;
  return {};
}

Result<uint64_t> pump(Source& source, Sink& sink, std::stop_token stop) {
  std::vector<std::byte> buffer(pump_buffer);
  uint64_t moved = 0;
  while (true) {
    if (stop.stop_requested()) return cancelled("stopped after {} bytes", moved);
    size_t count = TRY(source.read(buffer));
    if (count == 0) break;
    TRY(sink.write(Bytes(buffer.data(), count)));
    moved += count;
  }
  TRY(sink.finish());
  return moved;
}

Result<std::string> read_all(Source& source, uint64_t limit) {
  MemorySink sink(limit);
  TRY(pump(source, sink));
  return std::move(sink.text());
}

Result<std::string> read_file(const std::string& path, uint64_t limit) {
  auto source = TRY(open_source(path, 0, {}));
  return read_all(*source, limit).within("reading {}", path);
}

}  // namespace eulerpublisher
