#pragma once

#include <thread>

#include "base/file_handle.h"
#include "support/process.h"

namespace eulerpublisher {

// A door to the BuildKit within a dockerd as a buildkitd has one, for buildx's driver `remote`: whoever comes
// in is led to dockerd's own, which stands behind an upgrade of HTTP (POST /grpc).
class BuildkitDoor {
 public:
  explicit BuildkitDoor(std::filesystem::path dockerd);
  std::string address() const { return "unix://" + path_.string(); }

 private:
  void lead(int guest, const std::stop_token& stop) const;

  test::TempFolder folder_{"ep-door"};
  std::filesystem::path path_ = folder_ / "buildkitd.sock";
  std::filesystem::path dockerd_;
  FileHandle listener_;
  std::jthread keeper_;  // last: it uses the rest
};

}  // namespace eulerpublisher
