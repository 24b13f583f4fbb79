#include "policy/build_rules.h"

#include <gtest/gtest.h>

#include "policy/policy.h"

namespace eulerpublisher {
namespace {

std::string complaint(std::string_view yaml) {
  auto policy = Policy::parse(yaml, "p");
  return policy ? "it was accepted" : policy.error().text();
}

TEST(BuilderRules, NameEnginesAndWhatEachIsFor) {
  auto policy = Policy::parse(
      "builders:\n- {engine: buildah, isolation: chroot, platforms: amd64}\n"
      "- engine: buildx\n  name: farm\n  platforms: [arm64, loong64]\n",
      "p");
  ASSERT_TRUE(policy.has_value()) << policy.error().text();
  std::vector<BuilderRule> expected{
      {"buildah", "", {{"linux", "amd64", ""}}, "chroot"},
      {"buildx", "farm", {{"linux", "arm64", ""}, {"linux", "loong64", ""}}, ""}};
  EXPECT_EQ(policy->builders(), expected);
}

TEST(BuilderRules, RefuseWhatIsNone) {
  EXPECT_EQ(complaint("builders: buildah"),
            "p:1:11: a list of builders is expected here, as in `- engine: buildah`");
  EXPECT_EQ(complaint("builders: [{engine: kaniko}]"),
            "p:1:21: 'kaniko' is none of buildah, podman, docker, buildx");
  EXPECT_EQ(complaint("builders: [{platforms: amd64}]"), "p:1:12: a builder needs its `engine:`");
  EXPECT_EQ(complaint("builders: [{engine: docker, name: x}]"),
            "p:1:35: only buildx has builders by name, docker has none");
  EXPECT_EQ(complaint("builders: [{engine: buildx, isolation: chroot}]"),
            "p:1:40: only buildah and podman can be told how to isolate");
  EXPECT_EQ(complaint("builders: [{engine: buildx, name: --x}]"), "p:1:35: '--x' is no name of a builder");
}

TEST(BuildRules, OfAnImageGoBeforeThoseOfAll) {
  auto policy = Policy::parse(
      "build: {arguments: {A: 1, B: 2}, time-limit: 90, network: none}\n"
      "images: {redis: {arguments: {B: 3}, network: host, optional: loong64}}\n",
      "p");
  ASSERT_TRUE(policy.has_value()) << policy.error().text();
  BuildRules general = policy->build_rules_of("llm"), redis = policy->build_rules_of("redis");
  EXPECT_EQ(general.arguments, (std::map<std::string, std::string>{{"A", "1"}, {"B", "2"}}));
  EXPECT_EQ(general.network, "none");
  EXPECT_EQ(redis.arguments, (std::map<std::string, std::string>{{"A", "1"}, {"B", "3"}}));
  EXPECT_EQ(redis.network, "host");
  EXPECT_EQ(redis.time_limit, std::chrono::minutes(90));
  EXPECT_EQ(policy->images().at("redis").optional, (std::vector<Platform>{{"linux", "loong64", ""}}));
}

TEST(BuildRules, RefuseWhatIsNone) {
  EXPECT_EQ(complaint("build: {arguments: {1A: x}}"), "p:1:21: '1A' is no name of a build argument");
  EXPECT_EQ(complaint("build: {time-limit: 0}"),
            "p:1:21: '0' is no time from 1s to 7d, such as 90s, 2h, or 10 for minutes");
  for (const char* text : {"-1", "10080s1", "8d", "500ms", "1.5h", "s", ""})
    EXPECT_FALSE(parse_time_limit(text).has_value()) << text;
  EXPECT_EQ(parse_time_limit("90s").value(), std::chrono::seconds(90));
  EXPECT_EQ(parse_time_limit("7d").value(), std::chrono::hours(168));
  EXPECT_EQ(complaint("build: {network: --x}"), "p:1:18: '--x' is no network such as none, host or default");
  EXPECT_EQ(complaint("build: {netwrk: none}"), "p:1:9: unknown key 'netwrk'; did you mean 'network'?");
  EXPECT_EQ(complaint("images: {a: {optional: z80}}"),
            "p:1:24: architectures such as amd64,arm64 are expected here");
}

}  // namespace
}  // namespace eulerpublisher
