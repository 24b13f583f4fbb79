#include "build/builders.h"

#include <gtest/gtest.h>

#include <thread>

#include "support/process.h"
#include "support/trial_conversion.h"

namespace eulerpublisher::build {
namespace {

std::string chosen(std::string_view asked, const std::vector<BuilderRule>& policy = {}) {
  auto rules = choose_builders(asked, policy);
  if (!rules) return rules.error().text();
  std::string text;
  for (const BuilderRule& rule : *rules) text += rule.engine + "/" + rule.name + "/" + rule.isolation + " ";
  return text;
}

TEST(ChooseBuilders, TakesWhatIsAskedForWithWhatThePolicySaysOfIt) {
  std::vector<BuilderRule> policy{{"buildah", "", {}, "chroot"}, {"buildx", "farm", {}, ""}};
  EXPECT_EQ(chosen("podman"), "podman// ");
  EXPECT_EQ(chosen("buildx:other", policy), "buildx/other/ ");
  EXPECT_EQ(chosen("buildx", policy), "buildx/farm/ ");
  EXPECT_EQ(chosen("buildah", policy), "buildah//chroot ");
  EXPECT_EQ(chosen("auto", policy), "buildah//chroot buildx/farm/ ");
}

TEST(ChooseBuilders, RefusesWhatIsNoBuilder) {
  for (const char* wrong : {"", "kaniko", "buildah:x", "buildx:", "buildx:--x"})
    EXPECT_EQ(chosen(wrong),
              std::string("--builder ") + wrong + ": auto, buildah, podman, docker, buildx or buildx:NAME");
}

class BuildersOf : public testing::Test {
 protected:
  Builders make(const std::vector<BuilderRule>& rules, unsigned jobs = 1) {
    return Builders(rules, jobs, workshop_, store_);
  }
  test::TempFolder folder_{"ep-builders"};
  Workshop workshop_ = Workshop::open(folder_.path()).value();
  test::FakeStore store_;
};

TEST_F(BuildersOf, SeveralKindsGiveEachPlatformToTheFirstThatServesIt) {
  auto builders = make(
      {{"docker", "", {test::amd64}, ""}, {"buildx", "farm", {test::arm64}, ""}, {"podman", "", {}, ""}});
  EXPECT_EQ(builders.kind_for(test::amd64), "docker");
  EXPECT_EQ(builders.kind_for(test::arm64), "buildx");
  EXPECT_EQ(builders.kind_for({"linux", "loong64", ""}), "podman");
  EXPECT_EQ(make({{"docker", "", {test::amd64}, ""}}).kind_for(test::arm64), std::nullopt);
}

TEST_F(BuildersOf, OnePlatformTakeTurns) {
  if (!test::have_program("docker")) GTEST_SKIP() << "SKIPPED: docker is not installed";
  auto builders = make({{"buildx", "one", {test::arm64}, ""}, {"buildx", "two", {test::arm64}, ""}});
  EXPECT_EQ(builders.seats({test::arm64, test::amd64}), 2u);
  std::stop_source stop;
  auto first = builders.take(test::arm64, stop.get_token());
  ASSERT_TRUE(first.has_value()) << first.error().text();
  EXPECT_EQ(first->builder().name(), "buildx:one");
  {
    auto second = builders.take(test::arm64, stop.get_token());
    EXPECT_EQ(second->builder().name(), "buildx:two");
    std::jthread impatient([&] { stop.request_stop(); });
    auto third = builders.take(test::arm64, stop.get_token());
    EXPECT_EQ(third.error().kind(), ErrorKind::cancelled);
  }
  EXPECT_EQ(builders.take(test::arm64, {})->builder().name(), "buildx:two");
  EXPECT_EQ(builders.take(test::amd64, {}).error().kind(), ErrorKind::unsupported);
}

TEST(WorkshopOf, AKilledRunGoesWhenTheNextBegins) {
  test::TempFolder folder("ep-workshop");
  std::filesystem::path left = folder / "run-left", kept;
  test::write_text(left / "storage/layer/file", "x");
  {
    Workshop first = Workshop::open(folder.path()).value();
    EXPECT_FALSE(std::filesystem::exists(left));
    kept = first.path();
    Workshop second = Workshop::open(folder.path()).value();
    EXPECT_TRUE(std::filesystem::exists(kept));
    EXPECT_NE(first.new_path(), first.new_path());
    EXPECT_LE(second.short_path().string().size(), 40u);
  }
  EXPECT_FALSE(std::filesystem::exists(kept));
}

}  // namespace
}  // namespace eulerpublisher::build
