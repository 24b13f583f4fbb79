// What container sync does about what does not go well, with the limits of a policy that is in a hurry; and
// what the metrics say of all of it.

#include <thread>

#include "base/clock.h"
#include "cli/syncing.h"
#include "support/faulty_registry.h"

namespace eulerpublisher {
namespace {

using nlohmann::json;
using test::FaultyRegistry;
using test::Ran;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

const std::string sp1_label = "{release=\"24.03-LTS-SP1\"}";

void wait(std::chrono::milliseconds time) { std::this_thread::sleep_for(time); }

class SyncFailures : public Syncing {
 protected:
  // An archive that fits its checksum and is none.
  void put_broken(const std::string& version) {
    for (const char* architecture : {"amd64", "arm64"}) site.put(architecture, "this is no archive", version);
  }
};

TEST_F(SyncFailures, AVersionThatAlwaysFailsIsGivenUpLoudlyUntilItsArchivesChange) {
  auto& registry = start_registry();
  Words hurry = metered({"--policy", policy("sync: {tries: 2, first-wait: 1ms}\n")});
  put_broken(test::sp1);
  Ran first = run({registry.address()}, hurry);
  EXPECT_EQ(first.status, 1) << test::told(first);
  EXPECT_THAT(first.err, HasSubstr("warning: 24.03-LTS-SP1 docker_img: "));
  EXPECT_THAT(first.err, HasSubstr("the next try is at "));
  EXPECT_EQ(metric("sync_failures" + sp1_label), 1);
  Ran second = run({registry.address()}, hurry);
  EXPECT_EQ(second.status, 1) << test::told(second);
  EXPECT_THAT(test::error_lines(second), ElementsAre(HasSubstr("given up after 2 failures")));
  EXPECT_EQ(metric("sync_given_up" + sp1_label), 1);
  EXPECT_EQ(metric("releases_total{version=\"24.03-LTS-SP1\",result=\"failed\"}"), 2);

  size_t asked = site.archives_asked();
  Ran third = run({registry.address()}, hurry);
  EXPECT_EQ(third.status, 1) << "nobody looks at what exits with 0";
  EXPECT_THAT(
      test::error_lines(third),
      ElementsAre(HasSubstr("it is tried again when its archives change, or by `container publish`")));
  EXPECT_EQ(site.archives_asked(), asked) << "the same bytes were fetched again";
  EXPECT_EQ(metric("sync_last_round_success"), 0);

  site.put_both();
  Ran good = run({registry.address()}, hurry);
  expect_success(good);
  EXPECT_TRUE(test::tagged_in(registry, own_tag));
  EXPECT_EQ(metric("sync_given_up" + sp1_label), std::nullopt);
  EXPECT_EQ(metric("sync_failures" + sp1_label), std::nullopt);
}

TEST_F(SyncFailures, ADirectoryThatStaysIncompleteForLongerThanThePolicyAllowsIsReported) {
  auto& registry = start_registry();
  Words hurry = metered({"--policy", policy("versions: [24.03-LTS-SP1]\nsync: {not-yet-limit: 1ms}\n")});
  const std::string update = "docker_img/update/2025-06-10";
  const std::string sample = "sync_not_yet_seconds{release=\"24.03-LTS-SP1 " + update + "\"}";
  site.put_both(test::sp1, "docker_img", "2024-12-30T08:00:00Z");
  site.put_true("arm64", test::sp1, update, "2025-06-10T08:00:00Z");
  Ran at_first = run({registry.address()}, hurry);
  expect_success(at_first);
  EXPECT_THAT(at_first.err, HasSubstr(update + " is not whole yet: "));
  EXPECT_THAT(at_first.err, Not(HasSubstr("warning: 24.03-LTS-SP1")));
  EXPECT_TRUE(metric(sample));
  auto before = test::tagged_in(registry, own_tag);
  EXPECT_TRUE(before) << "what is whole is published meanwhile";

  wait(std::chrono::milliseconds(1100));  // what is remembered has whole seconds
  Ran later = run({registry.address()}, hurry);
  expect_success(later);
  EXPECT_THAT(later.err,
              HasSubstr("warning: 24.03-LTS-SP1 " + update + " has not been whole for more than 1ms: "));
  EXPECT_THAT(later.err, HasSubstr("amd64"));
  EXPECT_GE(metric(sample).value_or(0), 1);
  EXPECT_EQ(test::tagged_in(registry, own_tag), before);

  site.put_true("amd64", test::sp1, update, "2025-06-10T08:00:00Z");
  EXPECT_THAT(published({registry.address()}, hurry), ElementsAre("24.03-LTS-SP1 " + update + ": published"));
  EXPECT_EQ(metric(sample), std::nullopt);
}

// Replaced one after the other: what is half new is published as it is offered, and the rest with the next
// look.
TEST_F(SyncFailures, ADayThatIsReleasedAgainPieceByPieceIsFollowedToItsEnd) {
  auto& registry = start_registry();
  const std::string update = "docker_img/update/2025-06-10";
  const std::string done = "24.03-LTS-SP1 " + update + ": published";
  site.put_both(test::sp1, update, "2025-06-10T08:00:00Z");
  EXPECT_THAT(published({registry.address()}), ElementsAre(done));
  site.put_true("arm64", test::sp1, update, "2025-06-10T20:00:00Z");
  Words found;
  // Of three architectures one is looked at in each round.
  for (int look = 0; look < 3 && found.empty(); ++look) found = published({registry.address()});
  EXPECT_THAT(found, ElementsAre(done));
  site.put_true("amd64", test::sp1, update, "2025-06-10T20:00:00Z");
  EXPECT_THAT(published({registry.address()}), ElementsAre(done)) << "at the very next look";
  EXPECT_THAT(published({registry.address()}), IsEmpty());
}

TEST_F(SyncFailures, TheMetricsSayWhatHappened) {
  FaultyRegistry registry;
  registry.server().add_fault({.when = test::on("PUT", "/manifests/"), .instead = {{.status = 503}}});
  const std::string host = registry.host().text();
  site.put_both(test::sp1, "docker_img/update/2025-06-10", "2025-06-10T08:00:00Z");
  auto begin = std::chrono::system_clock::now();
  Ran ran = run({host}, metered({"--json"}));
  auto end = std::chrono::system_clock::now();
  ASSERT_EQ(ran.status, 0) << test::told(ran);
  auto seconds = [](auto time) { return std::chrono::duration<double>(time).count(); };

  EXPECT_EQ(registry.server().faults_struck(), 1u);
  EXPECT_EQ(metric("http_retries_total"), 1);
  uint64_t sent = 0;
  for (const auto& seen : registry.server().seen()) sent += seen.body_bytes;
  EXPECT_EQ(metric("http_requests_total{host=\"" + host + "\"}"), registry.server().seen().size());
  EXPECT_GE(metric("http_sent_bytes_total{host=\"" + host + "\"}"), sent);
  std::string source = site.url().substr(site.url().find("//") + 2);
  EXPECT_EQ(metric("http_requests_total{host=\"" + source + "\"}"), site.asked("HTTP/"));
  double archives = 0;
  for (const char* architecture : {"amd64", "arm64"})
    archives += static_cast<double>(
        std::filesystem::file_size(site.archive(architecture, test::sp1, "docker_img/update/2025-06-10")));
  double received = metric("http_received_bytes_total{host=\"" + source + "\"}").value_or(0);
  EXPECT_GT(received, archives);
  EXPECT_LT(received, archives + 16'384) << "listings and checksum files";

  EXPECT_EQ(metric("sync_rounds_total"), 1);
  EXPECT_EQ(metric("sync_last_round_success"), 1);
  EXPECT_EQ(metric("sync_problems"), 0);
  EXPECT_EQ(metric("releases_total{version=\"24.03-LTS-SP1\",result=\"published\"}"), 1);
  EXPECT_EQ(metric("release_duration_seconds_count"), 1);
  double release = metric("release_duration_seconds_sum").value_or(0);
  double round = metric("sync_last_round_duration_seconds").value_or(0);
  EXPECT_GT(release, 0);
  EXPECT_LE(release, round);
  EXPECT_LE(round, seconds(end - begin));
  double success = metric("sync_last_success_timestamp_seconds").value_or(0);
  EXPECT_EQ(metric("sync_last_round_timestamp_seconds"), success);
  EXPECT_GE(success, seconds(begin.time_since_epoch()) - 1);
  EXPECT_LE(success, seconds(end.time_since_epoch()));
  auto made = parse_rfc3339("2025-06-10T00:00:00Z");
  EXPECT_NEAR(metric("update_age_seconds{version=\"24.03-LTS-SP1\",registry=\"" + host + "\"}").value_or(0),
              seconds(end - *made), 60);
  EXPECT_EQ(metric("agreed{version=\"24.03-LTS-SP1\",registry=\"" + host + "\",state=\"agreed\"}"), 1);

  std::map<std::string, double> findings;
  std::string receipt = json_of(ran)["work"][0]["receipt"];
  json released = json_of(machine.run({"container", "history", receipt, "--json"}));
  for (const json& check : released["registries"][0]["checks"])
    if (size_t count = check["findings"].size(); count > 0)
      findings[check["severity"].get<std::string>()] += static_cast<double>(count);
  EXPECT_FALSE(findings.empty());
  for (const auto& [severity, count] : findings)
    EXPECT_EQ(metric("findings_total{severity=\"" + severity + "\"}"), count) << severity;
}

}  // namespace
}  // namespace eulerpublisher
