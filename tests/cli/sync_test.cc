// container sync as a person or a timer runs it: once.

#include "cli/syncing.h"

namespace eulerpublisher {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using test::Ran;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

TEST_F(Syncing, PublishesWhatIsMissingOldestFirstAndThenHasNothingToDo) {
  auto& registry = start_registry();
  site.put_both("24.03-LTS-SP1", "docker_img/update/2025-06-10", "2025-06-10T08:00:00Z");
  site.put_both("22.03-LTS", "docker_img/update/2024-06-01", "2024-06-01T08:00:00Z");
  site.put_both("24.09");
  EXPECT_THAT(published({registry.address(), oci()}),
              ElementsAre("24.09 docker_img: published", "22.03-LTS docker_img/update/2024-06-01: published",
                          "24.03-LTS-SP1 docker_img/update/2025-06-10: published"));
  EXPECT_THAT(test::tags_in(registry), testing::UnorderedElementsAre("24.09", "22.03-lts", own_tag));
  Ran again = run({registry.address(), oci()});
  expect_success(again);
  EXPECT_THAT(again.err, HasSubstr("nothing to publish"));
  EXPECT_THAT(again.err, HasSubstr("agreed"));
}

TEST_F(Syncing, ADryRunSaysWhatWouldBePublishedAndChangesNothing) {
  auto& registry = start_registry();
  site.put_both();
  Ran ran = run({registry.address()}, {"--dry-run"});
  expect_success(ran);
  EXPECT_THAT(ran.err, HasSubstr("24.03-LTS-SP1 docker_img: would be published"));
  EXPECT_EQ(test::writes_to(registry), 0u);
  EXPECT_FALSE(fs::exists(machine.state() / "journal.db"));
  EXPECT_FALSE(fs::exists(machine.state() / "sync"));
}

TEST_F(Syncing, AVersionThatThePolicyDoesNotKnowIsPublishedAndReportedAndLookAlikesAreNot) {
  auto& registry = start_registry();
  site.put_both("25.03");
  site.put_both("25.03-test");
  site.put_both("25.03-LTS-SP1-test");
  fs::create_directories(site.folder() / "openEuler-25.09");
  fs::create_directories(site.folder() / "DevStation/docker_img/x86_64");
  Ran ran = run({registry.address()});
  expect_success(ran);
  EXPECT_THAT(ran.err, HasSubstr("warning: 25.03 is not in the policy"));
  EXPECT_THAT(test::tags_in(registry), ElementsAre("25.03"));
}

TEST_F(Syncing, OnlyTheVersionsThatAreNamedArePublished) {
  auto& registry = start_registry();
  site.put_both("24.03-LTS");
  site.put_both("24.03-LTS-SP1");
  EXPECT_THAT(published({registry.address()}, {"--versions", "24.03-lts-sp1"}),
              ElementsAre("24.03-LTS-SP1 docker_img: published"));
  Ran ran = run({registry.address()}, {"--versions", "24.03-LTS, 23.09"});
  EXPECT_EQ(ran.status, 1) << test::told(ran);
  EXPECT_THAT(ran.err, HasSubstr("23.09 the release repository does not have it"));
  EXPECT_TRUE(test::tagged_in(registry, "24.03-lts"));
}

TEST_F(Syncing, ABrokenVersionStopsNoOther) {
  auto& registry = start_registry();
  site.put_both("24.03-LTS");
  site.put("amd64", "this is no archive", "24.03-LTS-SP1");
  site.put("arm64", "nor is this", "24.03-LTS-SP1");
  site.put_both("24.09");
  Ran ran = run({registry.address()});
  EXPECT_EQ(ran.status, 1) << test::told(ran);
  EXPECT_THAT(test::tags_in(registry), testing::UnorderedElementsAre("24.03-lts", "24.09"));
  EXPECT_THAT(ran.err, HasSubstr("24.03-LTS-SP1 docker_img: failed"));
  size_t asked = site.archives_asked();
  Ran again = run({registry.address()});
  EXPECT_THAT(again.err, HasSubstr("the next try is at"));
  EXPECT_EQ(site.archives_asked(), asked) << "the same bytes were fetched again";
}

TEST_F(Syncing, ARegistryThatIsDownGetsItInALaterRound) {
  auto& up = start_registry();
  auto& down = start_registry();
  site.put_both();
  down.stop();
  Ran ran = run({up.address(), down.address()});
  EXPECT_EQ(ran.status, 1) << test::told(ran);
  EXPECT_TRUE(test::tagged_in(up, own_tag));
  ASSERT_TRUE(down.restart().has_value());
  EXPECT_THAT(published({up.address(), down.address()}), ElementsAre("24.03-LTS-SP1 docker_img: published"));
  EXPECT_EQ(test::tagged_in(down, own_tag), test::tagged_in(up, own_tag));
  EXPECT_EQ(site.archives_asked(), 2u) << "it was lent, not fetched again";
}

TEST_F(Syncing, EachUpdateEarnsATagOfItsOwnWhereThePolicySaysSo) {
  auto& registry = start_registry();
  std::string dated = policy("sync: {dated-tags: on}\narchitectures: [amd64, arm64]\n");
  site.put_both(test::sp1, "docker_img/update/2025-05-01", "2025-05-01T08:00:00Z");
  site.put_both(test::sp1, "docker_img/update/2025-06-10", "2025-06-10T08:00:00Z");
  expect_success(run({registry.address()}, {"--policy", dated}));
  auto first = test::tagged_in(registry, own_tag + "-20250501");
  auto newest = test::tagged_in(registry, own_tag + "-20250610");
  EXPECT_TRUE(first);
  EXPECT_EQ(newest, test::tagged_in(registry, own_tag));
  EXPECT_NE(first, newest);
  // The day is released again: its tag stays, the version's own tag moves.
  site.put_both(test::sp1, "docker_img/update/2025-06-10", "2025-06-10T20:00:00Z");
  expect_success(run({registry.address()}, {"--policy", dated}));
  EXPECT_EQ(test::tagged_in(registry, own_tag + "-20250610"), newest);
  EXPECT_NE(test::tagged_in(registry, own_tag), newest);
  EXPECT_THAT(published({registry.address()}, {"--policy", dated}), IsEmpty());
}

TEST_F(Syncing, TheStoreStaysAsSmallAsItIsAskedTo) {
  site.put_both();
  expect_success(run({oci()}, {"--keep", "0"}));
  EXPECT_TRUE(fs::is_empty(machine.store() / "archives")) << "it was published, and may go";
  EXPECT_TRUE(test::tagged_in_layout(layout(), own_tag));
  expect_failure(run({oci()}, {"--keep", "much"}), 2, "--keep");
}

TEST_F(Syncing, AnImageThatMustBeRunAndCannotBeMovesNoTag) {
  auto& registry = start_registry();
  site.put_both();
  Ran ran = run({registry.address()}, {"--engine", "none", "--require-run", "native"});
  EXPECT_EQ(ran.status, 1) << test::told(ran);
  EXPECT_THAT(ran.err, HasSubstr("could not look: linux/amd64: --engine none"));
  EXPECT_THAT(test::tags_in(registry), IsEmpty());
  Ran wrong = run({registry.address()}, {"--engine", "none", "-s", "nowhere.sh"});
  EXPECT_EQ(wrong.status, 2) << test::told(wrong);
  EXPECT_THAT(wrong.err, HasSubstr("nowhere.sh"));
}

TEST_F(Syncing, AMistakeInTheOptionsIsOneSentence) {
  site.put_both();
  expect_failure(run({oci()}, {"--every", "soon"}), 2, "'soon' is not a time such as 90s, 15m, 6h or 2d");
  expect_failure(run({oci()}, {"--versions", "24.3"}), 2, "--versions");
  expect_failure(run({oci()}, {"--every", "1m", "--dry-run"}), 2, "--dry-run looks once");
  expect_failure(run({oci()}, {"--every", "1m", "--once"}), 2, "--once");
}

TEST_F(Syncing, MetricsAndJsonLinesTellOfEachRound) {
  site.put_both();
  fs::path metrics = machine / "sync.prom";
  Ran ran = run({oci()}, {"--metrics", metrics.string(), "--log-format", "json"});
  ASSERT_EQ(ran.status, 0) << test::told(ran);
  std::istringstream lines(ran.err);
  for (std::string line; std::getline(lines, line);) {
    auto one = json::parse(line, nullptr, false);
    ASSERT_TRUE(one.is_object()) << line;
    EXPECT_TRUE(one.contains("time") && one.contains("level") && one.contains("message")) << line;
  }
  std::string text = test::read_text(metrics);
  EXPECT_THAT(text,
              HasSubstr("eulerpublisher_releases_total{version=\"24.03-LTS-SP1\",result=\"published\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("eulerpublisher_sync_last_round_success 1\n"));
  expect_success(run({oci()}, {"--metrics", metrics.string()}));
  text = test::read_text(metrics);
  EXPECT_THAT(text, HasSubstr("eulerpublisher_sync_rounds_total 2\n")) << "counters go on";
  EXPECT_THAT(text,
              HasSubstr("eulerpublisher_releases_total{version=\"24.03-LTS-SP1\",result=\"published\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("state=\"agreed\"} 1\n"));
}

}  // namespace
}  // namespace eulerpublisher
