#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "check/check.h"
#include "engine/engine.h"
#include "support/process.h"

namespace eulerpublisher::test {

// A whole little system around busybox that really runs (scripts/make-root.sh), with a real bash where this
// machine has a static one for that processor; clean until a test spoils it.
class RunnableImage {
 public:
  // Whether EP_BUSYBOX names a busybox for it (scripts/fetch-busybox.sh).
  static bool can_be_made(const Platform& platform);
  explicit RunnableImage(const Platform& platform);

  // Whether its shell is bash.
  static bool has_bash() { return std::filesystem::exists("/bin/bash-static"); }

  const std::filesystem::path& root() const { return root_; }
  // A program in /usr/bin, as a script of sh; it may stand in for one of busybox.
  void add_program(const std::string& name, const std::string& script);
  // The `config` of the configuration, as JSON.
  void set_config(const std::string& run) { run_ = run; }

  // The image as it is now, of one layer.
  CheckedImage checked() const;
  decltype(ImageToRun::open_layer) opener() const;
  ImageToRun to_run() const;

 private:
  void pack() const;

  Platform platform_;
  TempFolder folder_{"ep-image"};
  std::filesystem::path root_ = folder_ / "root";
  std::string run_ = R"({"Cmd":["bash"]})";
  mutable std::shared_ptr<MemoryBlob> layer_;
};

// Lets podman work where limits are low (tests/support/containers.conf), for this process and its children.
void let_podman_work();

}  // namespace eulerpublisher::test
