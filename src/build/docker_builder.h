#pragma once

#include "build/builder.h"
#include "build/workshop.h"
#include "store/store.h"

namespace eulerpublisher::build {

// BuildKit within dockerd.  The image is saved from the daemon and taken away there; what the daemon keeps of
// the bases and of the steps is its own cache.
class DockerBuilder : public Builder {
 public:
  // Workshop and store outlive it.
  DockerBuilder(Workshop& workshop, Store& store) : workshop_(workshop), store_(store) {}

  std::string name() const override { return "docker"; }
  Done can_build(const Platform& platform, std::stop_token stop) override;
  Result<BuiltImage> build(const BuildJob& job, std::stop_token stop) override;

 private:
  Workshop& workshop_;
  Store& store_;
};

// A builder that buildx knows: on this machine, on remote ones, in Kubernetes (its drivers).
class BuildxBuilder : public Builder {
 public:
  // `builder` is its name, as `docker buildx ls` lists them; empty: the one in use.  Of `platforms` it is
  // taken for granted that it builds them; when there are none, buildx is asked.
  BuildxBuilder(std::string builder, std::vector<Platform> platforms, Workshop& workshop, Store& store)
      : builder_(std::move(builder)), platforms_(std::move(platforms)), workshop_(workshop), store_(store) {}

  std::string name() const override { return builder_.empty() ? "buildx" : "buildx:" + builder_; }
  Done can_build(const Platform& platform, std::stop_token stop) override;
  Result<BuiltImage> build(const BuildJob& job, std::stop_token stop) override;

 private:
  std::string builder_;
  std::vector<Platform> platforms_;
  Workshop& workshop_;
  Store& store_;
};

}  // namespace eulerpublisher::build
