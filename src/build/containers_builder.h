#pragma once

#include "build/builder.h"
#include "build/workshop.h"
#include "process/run.h"
#include "store/store.h"

namespace eulerpublisher::build {

// buildah and podman: no daemon; in storage of the run's own, so that nothing of a person's is touched and
// nothing stays.
class ContainersBuilder : public Builder {
 public:
  struct Options {
    std::string program = "buildah";  // or podman
    std::string isolation = {};       // oci, chroot, rootless; empty: as the engine decides
  };
  // Workshop and store outlive it.
  ContainersBuilder(Options options, Workshop& workshop, Store& store)
      : options_(std::move(options)), workshop_(workshop), store_(store) {}

  std::string name() const override { return options_.program; }
  Done can_build(const Platform& platform, std::stop_token stop) override;
  Result<BuiltImage> build(const BuildJob& job, std::stop_token stop) override;

 private:
  process::Command command(std::vector<std::string> arguments) const;

  Options options_;
  Workshop& workshop_;
  Store& store_;
};

}  // namespace eulerpublisher::build
