#include "policy/registry_profile.h"

#include <gtest/gtest.h>

#include "policy/policy.h"

namespace eulerpublisher {
namespace {

std::string complaint(const std::string& yaml) {
  auto policy = Policy::parse("registry-profiles:\n" + yaml, "policy.yaml");
  return policy ? "it was accepted" : policy.error().text();
}

TEST(RegistryProfiles, SayEverythingThatCanBeOtherwise) {
  auto policy = Policy::parse(R"(
registry-profiles:
  "*.Example.ORG":
    upload: pieces
    streaming: off
    pieces: on
    smallest-piece: 5MiB
    largest-piece: 20MB
    largest-whole: unlimited
    range: within-piece
    content-range: with-unit
    mount: no
    empty-closing-put: false
    first-denials: 2
    at-once: 3
    per-second: 0.5
  quay.io:
    largest-whole: 10GB
    per-second: unlimited
)",
                              "policy.yaml");
  ASSERT_TRUE(policy.has_value()) << policy.error().text();
  ASSERT_EQ(policy->registry_profiles().size(), 2u);
  const RegistryProfile& one = policy->registry_profiles()[0];
  EXPECT_EQ(one.hosts, "*.example.org");
  EXPECT_EQ(one.upload, RegistryProfile::Upload::pieces);
  EXPECT_EQ(one.streaming, false);
  EXPECT_EQ(one.pieces, true);
  EXPECT_EQ(one.smallest_piece, 5u << 20);
  EXPECT_EQ(one.largest_piece, 20'000'000u);
  EXPECT_EQ(one.largest_whole, UINT64_MAX);
  EXPECT_EQ(one.range, RegistryProfile::Range::within_piece);
  EXPECT_EQ(one.content_range, RegistryProfile::ContentRange::with_unit);
  EXPECT_EQ(one.mount, false);
  EXPECT_EQ(one.empty_closing_put, false);
  EXPECT_EQ(one.first_denials, 2);
  EXPECT_EQ(one.at_once, 3);
  EXPECT_EQ(one.per_second, 0.5);
  RegistryProfile two{"quay.io"};
  two.largest_whole = 10'000'000'000;
  two.per_second = std::numeric_limits<double>::infinity();
  EXPECT_EQ(policy->registry_profiles()[1], two);
}

TEST(RegistryProfiles, AreNotThereWhereNobodyNamesThem) {
  EXPECT_TRUE(Policy::built_in().registry_profiles().empty());
}

TEST(RegistryProfiles, RefuseWhatMakesNoSenseAndSayWhere) {
  EXPECT_EQ(complaint("  quay.io: {uplod: pieces}"),
            "policy.yaml:2:13: unknown key 'uplod'; did you mean 'upload'?");
  EXPECT_EQ(complaint("  quay.io: {upload: parts}"), "policy.yaml:2:21: whole or pieces is expected here");
  EXPECT_EQ(complaint("  quay.io: {range: none}"),
            "policy.yaml:2:20: total, within-piece or meaningless is expected here");
  EXPECT_EQ(complaint("  quay.io: {mount: perhaps}"), "policy.yaml:2:20: on or off is expected here");
  EXPECT_EQ(complaint("  quay.io: {largest-piece: 0}"),
            "policy.yaml:2:28: '0' is not a size such as 5MiB or 20GB");
  EXPECT_EQ(complaint("  quay.io: {at-once: 0}"), "policy.yaml:2:22: '0' is not a number from 1 to 1000");
  for (const char* wrong : {"nan", "inf", "-1", "0", "1e9", "2 or so"})
    EXPECT_NE(
        complaint(std::string("  quay.io: {per-second: ") + wrong + "}").find("is not a number of requests"),
        std::string::npos)
        << wrong;
  EXPECT_EQ(complaint("  'https://quay.io': {mount: off}"),
            "policy.yaml:2:3: 'https://quay.io' is no host: write it like quay.io, 127.0.0.1:5000 or "
            "*.example.org");
  EXPECT_NE(complaint("  quay.io:").find("policy.yaml:2:3: a map"), std::string::npos);
  EXPECT_NE(complaint("  quay.io: pieces").find("policy.yaml:2:12: a map"), std::string::npos);
  EXPECT_NE(complaint("  [quay.io]").find("policy.yaml:2:3: `registry-profiles:` is a map"),
            std::string::npos);
  EXPECT_EQ(complaint("  quay.io: {mount: off}\n  QUAY.io: {mount: on}"),
            "policy.yaml:3:3: QUAY.io is named twice");
  EXPECT_EQ(complaint("  quay.io: {smallest-piece: 2M, largest-piece: 1M}"),
            "policy.yaml:2:3: the smallest piece of quay.io is larger than its largest");
  EXPECT_NE(complaint("  quay.io: {pieces: off, upload: pieces}").find("takes no pieces"), std::string::npos);
}

}  // namespace
}  // namespace eulerpublisher
