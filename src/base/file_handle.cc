#include "base/file_handle.h"

#include <unistd.h>

namespace eulerpublisher {

FileHandle::~FileHandle() {
  if (fd_ >= 0) close(fd_);
}

}  // namespace eulerpublisher
