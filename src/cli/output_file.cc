#include "cli/output_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "base/file_handle.h"

namespace eulerpublisher::cli {
namespace {

Done write_into(const std::filesystem::path& file, int flags, std::string_view text,
                const std::string& doing) {
  FileHandle handle(::open(file.c_str(), O_WRONLY | O_CLOEXEC | flags, 0666));
  if (!handle) return system_error(errno, doing);
  while (!text.empty()) {
    ssize_t written = ::write(handle.get(), text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return system_error(errno, doing);
    text.remove_prefix(static_cast<size_t>(written));
  }
  return {};
}

}  // namespace

Done write_output_file(const std::filesystem::path& file, std::string_view text) {
  std::string doing = fmt::format("writing {}", file.native());
  struct stat there {};
  if (::stat(file.c_str(), &there) == 0 && !S_ISREG(there.st_mode)) return write_into(file, 0, text, doing);
  std::filesystem::path part = file;
  part += fmt::format(".{}.part", ::getpid());
  auto written = write_into(part, O_CREAT | O_EXCL, text, doing);
  if (written && ::rename(part.c_str(), file.c_str()) != 0) {
    // A file that is mounted by itself, as a pod's termination message is, gives its place to no other.
    bool mounted = errno == EBUSY;
    written = mounted ? write_into(file, O_TRUNC, text, doing) : Done(system_error(errno, doing));
    ::unlink(part.c_str());
  }
  if (!written) ::unlink(part.c_str());
  return written;
}

}  // namespace eulerpublisher::cli
