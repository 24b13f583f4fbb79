#include "inspect/spilled_file.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <vector>

namespace eulerpublisher {
namespace {

constexpr std::string_view doing = "keeping a file";

}  // namespace

Result<std::unique_ptr<SpilledFile>> SpilledFile::create() {
  std::error_code problem;
  std::filesystem::path folder = std::filesystem::temp_directory_path(problem);
  if (problem) return system_error(problem.value(), doing);
  FileHandle file(open(folder.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600));
  if (!file) {  // not every file system knows files without names
    std::string name = (folder / "eulerpublisher-XXXXXX").string();
    file = FileHandle(mkostemp(name.data(), O_CLOEXEC));
    if (file) unlink(name.c_str());
  }
  if (!file) return system_error(errno, doing);
  return std::unique_ptr<SpilledFile>(new SpilledFile(std::move(file)));
}

Done SpilledFile::write(Bytes bytes) {
  while (!bytes.empty()) {
    ssize_t count = ::write(file_.get(), bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return system_error(errno, doing);
    bytes = bytes.subspan(static_cast<size_t>(count));
    size_ += static_cast<uint64_t>(count);
  }
  return {};
}

Done SpilledFile::copy_to(int file) const {
  std::vector<std::byte> room(1 << 16);
  for (uint64_t at = 0; at < size_;) {
    ssize_t count = pread(file_.get(), room.data(), room.size(), static_cast<off_t>(at));
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return system_error(count < 0 ? errno : EIO, doing);
    for (ssize_t done = 0; done < count;) {
      ssize_t written = ::write(file, room.data() + done, static_cast<size_t>(count - done));
      if (written < 0 && errno == EINTR) continue;
      if (written < 0) return system_error(errno, doing);
      done += written;
    }
    at += static_cast<uint64_t>(count);
  }
  return {};
}

}  // namespace eulerpublisher
