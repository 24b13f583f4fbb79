#include "policy/image_rules.h"

#include <gtest/gtest.h>

#include "policy/policy.h"

namespace eulerpublisher {
namespace {

std::string complaint(std::string_view yaml) {
  auto policy = Policy::parse(yaml, "p");
  return policy ? "it was accepted" : policy.error().text();
}

TEST(ImageRules, SayWhatLatestNames) {
  auto policy = Policy::parse("images:\n  neo4j:\n    latest: 5.26.7-oe2403sp1\n", "p");
  ASSERT_TRUE(policy.has_value()) << policy.error().text();
  ASSERT_TRUE(policy->images().contains("neo4j"));
  EXPECT_EQ(policy->images().at("neo4j").latest->text(), "5.26.7-oe2403sp1");
  EXPECT_TRUE(Policy::built_in().images().empty());
}

TEST(ImageRules, RefuseWhatIsNone) {
  EXPECT_EQ(complaint("images: [a]"),
            "p:1:9: a map of images is expected here, as in `neo4j: {latest: TAG}`");
  EXPECT_EQ(complaint("images: {A: {latest: x}}"), "p:1:10: 'A' is no name of an image");
  EXPECT_EQ(complaint("images: {a/b: {latest: x}}"), "p:1:10: 'a/b' is no name of an image");
  EXPECT_EQ(complaint("images: {a: x}"),
            "p:1:13: what is special about an image is expected here, as in `latest: TAG`");
  EXPECT_EQ(complaint("images: {a: {latest: latest}}"),
            "p:1:22: 'latest' is not a tag that `latest` could stand for");
  EXPECT_EQ(complaint("images: {a: {lastest: x}}"), "p:1:14: unknown key 'lastest'; did you mean 'latest'?");
}

}  // namespace
}  // namespace eulerpublisher
