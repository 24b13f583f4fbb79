#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <unistd.h>

#include <nlohmann/json.hpp>

#include "support/machine.h"
#include "support/registry_view.h"
#include "support/release_site.h"

namespace eulerpublisher {

// A catalogue under git, a registry that holds a base image made of programs that run, and a machine with
// engines on it.
class Applications : public testing::Test {
 protected:
  using Words = std::vector<std::string>;

  void SetUp() override;

  // One file of the catalogue.
  void write(const std::string& file, const std::string& text);
  // Scene App: what every test builds. tool (two tags, one Dockerfile), service (builds on it), multi
  // (several stages).
  void write_images();
  // An image of the scene App with one tag, 1.0-oe2403sp1.
  void write_image(const std::string& name, const std::string& dockerfile);
  void write_list();
  // All that is there; the date is the committer's.
  void commit(const std::string& date = "2024-05-06T07:08:09Z");

  // Publishes the base image openeuler/openeuler:24.03-lts-sp1 for both architectures.
  void publish_base(const std::string& created = "2024-12-30T00:00:00Z");
  // `container publish --meta CATALOGUE -g REGISTRY --builder ENGINE …`
  test::Ran publish(const std::string& engine, const Words& more = {}) const;
  Words words(const std::string& engine, const Words& more = {}) const;
  static nlohmann::json json_of(const test::Ran& ran);
  // `redis_1.0-oe2403sp1 published: linux/amd64 linux/arm64`, for each image.
  static std::vector<std::string> outcomes(const nlohmann::json& json);

  nlohmann::json index_of(const std::string& image, const std::string& tag = "1.0-oe2403sp1");
  nlohmann::json manifest_of(const std::string& image, const std::string& architecture);
  // What is on a base has the base's own layers, so that nobody pulls them twice: `more` are its own.
  void expect_layers_of_base(const std::string& image, const std::string& architecture, size_t more);
  // What a container of the image prints, pulled by podman; with `why` when it does not.
  std::string run(const std::string& image, const std::string& architecture, const std::string& command);
  // An image whose build says that it has begun and then never ends.
  void write_slow_image();
  // Publishes it; comes back when its build has begun.
  test::Process begin_slow_build(const std::string& engine, const Words& more = {});
  // What the engines have said.
  std::string build_logs() const;
  // The processes that build it.
  std::vector<pid_t> slow_builds() const;
  // There are none any more, soon.
  void expect_no_slow_build() const;
  // No engine's folder, mount or process is left.
  void expect_nothing_left() const;

  test::Machine machine;
  test::ReleaseSite site;
  test::TempFolder tree{"ep-apps"};
  std::unique_ptr<test::RegistryServer> registry;

 private:
  std::vector<std::string> images_;
  // How long the slow image's build sleeps: a number that no other test's has.
  std::string sleeps_ = std::to_string(471'100'000 + getpid());
};

// Where programs for arm64 run.
bool arm64_runs();

inline const std::string app_tag = "1.0-oe2403sp1";
// As outcomes() lists them.
inline const std::string both = " linux/amd64 linux/arm64";

// The same, by Debian's default engine.
class BuiltByBuildah : public Applications {
 protected:
  void SetUp() override {
    if (!test::have_program("buildah")) GTEST_SKIP() << "SKIPPED: buildah is not installed";
    Applications::SetUp();
  }
};

}  // namespace eulerpublisher
