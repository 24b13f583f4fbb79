#include "policy/sync_rules.h"

#include <gtest/gtest.h>

#include "policy/policy.h"

namespace eulerpublisher {
namespace {

using namespace std::chrono_literals;

std::string complaint(std::string_view yaml) {
  auto policy = Policy::parse(yaml, "p");
  return policy ? "it was accepted" : policy.error().text();
}

TEST(SyncRules, AreWhatThePolicySays) {
  auto policy = Policy::parse(
      "sync: {not-yet-limit: 90m, first-wait: 10s, longest-wait: 1d, tries: 3, dated-tags: on}", "p");
  ASSERT_TRUE(policy.has_value()) << policy.error().text();
  EXPECT_EQ(policy->sync(), (SyncRules{90min, 10s, 24h, 3, true}));
}

TEST(SyncRules, WithoutThemUpdatesHaveNoTagOfTheirOwnAndSixHoursToBecomeWhole) {
  EXPECT_EQ(Policy::built_in().sync(), SyncRules{});
  EXPECT_FALSE(SyncRules{}.dated_tags);
  EXPECT_EQ(SyncRules{}.not_yet_limit, 6h);
}

TEST(SyncRules, TheTagOfAnUpdateIsFixed) {
  EarnedTag dated = Policy::dated_tag(*Version::parse("24.03-LTS-SP1"), "2025-06-10");
  EXPECT_EQ(dated.tag.text(), "24.03-lts-sp1-20250610");
  EXPECT_TRUE(dated.fixed);
}

TEST(SyncRules, RefuseWhatIsNone) {
  EXPECT_EQ(complaint("sync: on"), "p:1:7: a map is expected here, as in `dated-tags: on`");
  EXPECT_EQ(complaint("sync: {tries: 0}"), "p:1:15: '0' is not a number of tries from 1 to 1000");
  EXPECT_EQ(complaint("sync: {first-wait: 5}"), "p:1:20: '5' is not a time such as 15m or 6h");
  EXPECT_EQ(complaint("sync: {dated-tag: on}"), "p:1:8: unknown key 'dated-tag'; did you mean 'dated-tags'?");
  EXPECT_EQ(complaint("sync: {longest-wait: 1m}"),
            "p:1:7: the longest wait, 1m, is shorter than the first, 5m");
}

}  // namespace
}  // namespace eulerpublisher
