#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "support/machine.h"
#include "support/registry_view.h"
#include "support/release_site.h"

namespace eulerpublisher {

// The program as a person uses it: a release repository behind a real nginx, real registries, a machine.
class Publishing : public testing::Test {
 protected:
  using Words = std::vector<std::string>;

  void SetUp() override {
    for (const char* program : {"nginx", "docker-registry"})
      if (!test::have_program(program)) GTEST_SKIP() << "SKIPPED: " << program << " is not installed";
    Done served = site.serve();
    ASSERT_TRUE(served.has_value()) << served.error().text();
  }

  test::RegistryServer& start_registry(test::RegistryServer::Options options = {}) {
    registries_.push_back(test::RegistryServer::start(std::move(options)).value());
    return *registries_.back();
  }

  // `container COMMAND -v 24.03-LTS-SP1 --source SITE -g TARGET…` and whatever is added.
  Words words(const std::string& command, const Words& targets, const Words& more = {}) const {
    Words words{"container", command, "-v", test::sp1};
    if (command != "push" && command != "check" && command != "tags")
      words.insert(words.end(), {"--source", site.url()});
    for (const std::string& target : targets) words.insert(words.end(), {"-g", target});
    words.insert(words.end(), more.begin(), more.end());
    return words;
  }
  test::Ran publish(const Words& targets, const Words& more = {}) const {
    return machine.run(words("publish", targets, more));
  }

  std::string oci(const std::string& name = "images") const { return "oci:" + (machine / name).string(); }
  std::filesystem::path layout(const std::string& name = "images") const { return machine / name; }

  static nlohmann::json json_of(const test::Ran& ran) {
    auto json = nlohmann::json::parse(ran.out, nullptr, false);
    EXPECT_TRUE(json.is_object()) << "not one JSON document: " << test::told(ran);
    return json.is_object() ? json : nlohmann::json::object();
  }

  test::Machine machine;
  test::ReleaseSite site;

 private:
  std::vector<std::unique_ptr<test::RegistryServer>> registries_;
};

// An image layout in which nothing can be seen: it is absent, or empty but for blobs that nothing names.
inline void expect_nothing_visible(const std::filesystem::path& layout) {
  auto index = nlohmann::json::parse(test::read_text(layout / "index.json"), nullptr, false);
  size_t visible = index.is_object() ? index.value("manifests", nlohmann::json::array()).size() : 0;
  EXPECT_EQ(visible, 0u) << index;
}

// What a run that failed must look like: this status, and one clear sentence.
inline void expect_failure(const test::Ran& ran, int status, const std::string& words) {
  EXPECT_EQ(ran.status, status) << test::told(ran);
  auto errors = test::error_lines(ran);
  ASSERT_EQ(errors.size(), 1u) << test::told(ran);
  EXPECT_THAT(errors[0], testing::HasSubstr(words));
}

inline void expect_success(const test::Ran& ran) {
  ASSERT_EQ(ran.status, 0) << test::told(ran);
  ASSERT_THAT(test::error_lines(ran), testing::IsEmpty()) << test::told(ran);
}

inline const std::string own_tag = "24.03-lts-sp1";

}  // namespace eulerpublisher
