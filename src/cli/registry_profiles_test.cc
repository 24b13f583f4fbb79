#include "cli/registry_profiles.h"

#include <gtest/gtest.h>

namespace eulerpublisher::cli {
namespace {

Profile profile_by(const std::string& yaml, const std::string& host) {
  auto policy = Policy::parse("registry-profiles:\n" + yaml, "policy.yaml");
  EXPECT_TRUE(policy.has_value()) << policy.error().text();
  return profile_of(*RegistryHost::parse(host), *policy);
}

TEST(RegistryProfilesOfThePolicy, ChangeEachFieldAndLeaveTheOthersAsTheyAre) {
  Profile expected = profile_for(*RegistryHost::parse("registry.example"));
  expected.way = Profile::Way::pieces;
  expected.streaming = false;
  expected.smallest_piece = 1 << 20;
  expected.largest_piece = 2 << 20;
  expected.largest_whole = 3 << 20;
  expected.range = Profile::RangeMeaning::meaningless;
  expected.content_range = Profile::ContentRange::none;
  expected.mount = false;
  expected.empty_closing_put = false;
  expected.first_denials = 4;
  expected.at_once = 5;
  expected.per_second = 6;
  EXPECT_EQ(
      profile_by("  registry.example: {upload: pieces, streaming: off, smallest-piece: 1MiB, largest-piece: "
                 "2MiB, largest-whole: 3MiB, range: meaningless, content-range: none, mount: off, "
                 "empty-closing-put: off, first-denials: 4, at-once: 5, per-second: 6}",
                 "registry.example"),
      expected);
  Profile quay = profile_for(*RegistryHost::parse("quay.io"));
  quay.at_once = 2;
  EXPECT_EQ(profile_by("  quay.io: {at-once: 2}", "quay.io"), quay);
}

TEST(RegistryProfilesOfThePolicy, CountForTheHostsTheyNameAndNoOthers) {
  std::string yaml =
      "  docker.io: {at-once: 1}\n  '*.example': {at-once: 2}\n  a.b.example: {at-once: 3}\n"
      "  127.0.0.1:5000: {at-once: 4}\n";
  EXPECT_EQ(profile_by(yaml, "docker.io").at_once, 1);
  EXPECT_EQ(profile_by(yaml, "index.docker.io").at_once, 1);
  EXPECT_EQ(profile_by(yaml, "a.b.example:5000").at_once, 2) << "the first that fits counts";
  EXPECT_EQ(profile_by(yaml, "127.0.0.1:5000").at_once, 4);
  EXPECT_EQ(profile_by(yaml, "127.0.0.1:5001").at_once, Profile{}.at_once);
  EXPECT_EQ(profile_by(yaml, "example").at_once, Profile{}.at_once);
}

TEST(RegistryProfilesOfThePolicy, BringWhatIsBuiltInAlong) {
  Profile hub = profile_by("  docker.io: {largest-piece: 1MiB}", "docker.io");
  EXPECT_EQ(hub.smallest_piece, hub.largest_piece);
  EXPECT_TRUE(profile_by("  gcr.io: {upload: pieces}", "gcr.io").pieces);
  EXPECT_EQ(profile_by("  public.ecr.aws: {pieces: off}", "public.ecr.aws").way, Profile::Way::whole);
}

}  // namespace
}  // namespace eulerpublisher::cli
