#include "stream/stream.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <vector>

#include "stream/spool.h"

namespace eulerpublisher {
namespace {

class MemorySource : public Source {
 public:
  explicit MemorySource(Bytes rest) : rest_(rest) {}
  Result<size_t> read(std::span<std::byte> room) override {
    size_t count = std::min(room.size(), rest_.size());
    std::memcpy(room.data(), rest_.data(), count);
    rest_ = rest_.subspan(count);
    return count;
  }

 private:
  Bytes rest_;
};

class FileSource : public Source {
 public:
  FileSource(FileHandle file, std::string path) : file_(std::move(file)), path_(std::move(path)) {}
  Result<size_t> read(std::span<std::byte> room) override {
    while (true) {
      ssize_t count = ::read(file_.get(), room.data(), room.size());
      if (count >= 0) return static_cast<size_t>(count);
      if (errno != EINTR) return system_error(errno, "reading " + path_);
    }
  }

 private:
  FileHandle file_;
  std::string path_;
};

Result<std::unique_ptr<Source>> open_file(const std::string& path, uint64_t offset) {
  FileHandle file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file) return system_error(errno, "reading " + path);
  if (offset > 0 && ::lseek(file.get(), static_cast<off_t>(offset), SEEK_SET) < 0)
    return system_error(errno, "reading " + path);
  ::posix_fadvise(file.get(), 0, 0, POSIX_FADV_SEQUENTIAL);
  return std::make_unique<FileSource>(std::move(file), path);
}

}  // namespace

MemoryBlob::MemoryBlob(std::string media_type, std::string bytes)
    : bytes_(std::move(bytes)),
      descriptor_{std::move(media_type), digest_of(bytes_), bytes_.size(), {}, {}} {}

Result<std::unique_ptr<Source>> MemoryBlob::open(uint64_t offset, std::stop_token) const {
  return std::make_unique<MemorySource>(as_bytes(bytes_).subspan(std::min<uint64_t>(offset, bytes_.size())));
}

Result<std::unique_ptr<Source>> FileBlob::open(uint64_t offset, std::stop_token) const {
  return open_file(path_, offset);
}

Done MemorySink::write(Bytes bytes) {
  if (text_.size() + bytes.size() > limit_) return corrupt("more than {} bytes", limit_);
  text_.append(as_text(bytes));
  return {};
}

Done MemorySink::finish() {
  finished_ = true;
  return {};
}

Result<uint64_t> pump(Source& source, Sink& sink, std::stop_token stop) {
  std::vector<std::byte> buffer(256 * 1024);
  uint64_t total = 0;
  while (true) {
    if (stop.stop_requested()) return cancelled("stopped");
    size_t count = TRY(source.read(buffer));
    if (count == 0) break;
    TRY(sink.write(Bytes(buffer).first(count)));
    total += count;
  }
  TRY(sink.finish());
  return total;
}

Result<std::string> read_all(Source& source, uint64_t limit) {
  MemorySink sink(limit);
  TRY(pump(source, sink));
  return std::move(sink.text());
}

Result<std::string> read_file(const std::string& path, uint64_t limit) {
  auto source = TRY(open_file(path, 0));
  return read_all(*source, limit).within("reading {}", path);
}

}  // namespace eulerpublisher
