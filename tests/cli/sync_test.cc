// container sync as a person or a timer runs it: once, or as a service.

#include <sys/socket.h>
#include <sys/un.h>

#include <thread>

#include "base/guarded.h"
#include "cli/publishing.h"

namespace eulerpublisher {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using test::Process;
using test::Ran;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

const std::string sp1_tag = "24.03-lts-sp1";

class Syncing : public Publishing {
 protected:
  // `container sync` from the site to these registries.
  Words sync(const Words& targets, const Words& more = {}) const {
    Words words{"container", "sync", "--source", site.url(), "--retries", "1"};
    for (const std::string& target : targets) words.insert(words.end(), {"-g", target});
    words.insert(words.end(), more.begin(), more.end());
    return words;
  }
  Ran run(const Words& targets, const Words& more = {}) const { return machine.run(sync(targets, more)); }
  std::string policy(const std::string& yaml, const std::string& name = "policy.yaml") {
    test::write_text(machine / name, yaml);
    return (machine / name).string();
  }

  // What was published, `24.03-LTS docker_img: published`, in the order in which it was.
  static Words work_of(const json& round) {
    Words all;
    for (const json& one : round.value("work", json::array()))
      all.push_back(one["version"].get<std::string>() + " " + one["index"].get<std::string>() + ": " +
                    one.value("result", "planned"));
    return all;
  }
  Words published(const Words& targets, const Words& more = {}) {
    Words with_json = more;
    with_json.push_back("--json");
    Ran ran = run(targets, with_json);
    return work_of(json_of(ran));
  }
};

TEST_F(Syncing, PublishesWhatIsMissingOldestFirstAndThenHasNothingToDo) {
  auto& registry = start_registry();
  site.put_both("24.03-LTS-SP1", "docker_img/update/2025-06-10", "2025-06-10T08:00:00Z");
  site.put_both("22.03-LTS", "docker_img/update/2024-06-01", "2024-06-01T08:00:00Z");
  site.put_both("24.09");
  EXPECT_THAT(published({registry.address(), oci()}),
              ElementsAre("24.09 docker_img: published", "22.03-LTS docker_img/update/2024-06-01: published",
                          "24.03-LTS-SP1 docker_img/update/2025-06-10: published"));
  EXPECT_THAT(test::tags_in(registry), testing::UnorderedElementsAre("24.09", "22.03-lts", sp1_tag));
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
  EXPECT_TRUE(test::tagged_in(up, sp1_tag));
  ASSERT_TRUE(down.restart().has_value());
  EXPECT_THAT(published({up.address(), down.address()}), ElementsAre("24.03-LTS-SP1 docker_img: published"));
  EXPECT_EQ(test::tagged_in(down, sp1_tag), test::tagged_in(up, sp1_tag));
  EXPECT_EQ(site.archives_asked(), 2u) << "it was lent, not fetched again";
}

TEST_F(Syncing, EachUpdateEarnsATagOfItsOwnWhereThePolicySaysSo) {
  auto& registry = start_registry();
  std::string dated = policy("sync: {dated-tags: on}\narchitectures: [amd64, arm64]\n");
  site.put_both(test::sp1, "docker_img/update/2025-05-01", "2025-05-01T08:00:00Z");
  site.put_both(test::sp1, "docker_img/update/2025-06-10", "2025-06-10T08:00:00Z");
  expect_success(run({registry.address()}, {"--policy", dated}));
  auto first = test::tagged_in(registry, sp1_tag + "-20250501");
  auto newest = test::tagged_in(registry, sp1_tag + "-20250610");
  EXPECT_TRUE(first);
  EXPECT_EQ(newest, test::tagged_in(registry, sp1_tag));
  EXPECT_NE(first, newest);
  // The day is released again: its tag stays, the version's own tag moves.
  site.put_both(test::sp1, "docker_img/update/2025-06-10", "2025-06-10T20:00:00Z");
  expect_success(run({registry.address()}, {"--policy", dated}));
  EXPECT_EQ(test::tagged_in(registry, sp1_tag + "-20250610"), newest);
  EXPECT_NE(test::tagged_in(registry, sp1_tag), newest);
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

// systemd, as the service sees it: a socket on which somebody always listens.
class Systemd {
 public:
  explicit Systemd(const fs::path& path) : path_(path), socket_(::socket(AF_UNIX, SOCK_DGRAM, 0)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.string().copy(address.sun_path, sizeof address.sun_path - 1);
    EXPECT_EQ(::bind(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    timeval patience{0, 100'000};
    ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    listener_ = std::jthread([this](std::stop_token stop) {
      while (!stop.stop_requested()) {
        char bytes[4096];
        ssize_t size = ::recv(socket_, bytes, sizeof bytes, 0);
        if (size > 0) heard_.lock()->append(bytes, static_cast<size_t>(size)).append("\n");
      }
    });
  }
  ~Systemd() {
    listener_ = {};
    ::close(socket_);
  }
  // Whether these words were told, or are within some time.
  bool hears(const std::string& words) {
    for (int waited = 0; waited < 400; ++waited, std::this_thread::sleep_for(std::chrono::milliseconds(50)))
      if (heard_.lock()->find(words) != std::string::npos) return true;
    return false;
  }
  const fs::path& path() const { return path_; }

 private:
  fs::path path_;
  int socket_;
  Guarded<std::string> heard_;
  std::jthread listener_;
};

class SyncService : public Syncing {
 protected:
  // Every second, with this systemd above it.
  Process start(const Words& targets, const Words& more = {}) {
    Words words = sync(targets, {"--every", "1s"});
    words.insert(words.end(), more.begin(), more.end());
    return Process::start(machine.command(words, {{"NOTIFY_SOCKET", systemd.path().string()},
                                                  {"WATCHDOG_USEC", "600000"}}))
        .value();
  }
  std::string log() const { return test::read_text(machine.log()); }
  bool log_says(const std::string& words) {
    for (int waited = 0; waited < 200; ++waited, std::this_thread::sleep_for(std::chrono::milliseconds(50)))
      if (log().find(words) != std::string::npos) return true;
    return false;
  }
  static bool comes(const std::function<bool()>& about) {
    for (int waited = 0; waited < 400; ++waited, std::this_thread::sleep_for(std::chrono::milliseconds(50)))
      if (about()) return true;
    return false;
  }

  Systemd systemd{machine / "notify"};
};

TEST_F(SyncService, TellsSystemdHowItIsAndEndsCleanlyOnSigterm) {
  auto& registry = start_registry();
  site.put_both();
  Process service = start({registry.address()});
  EXPECT_TRUE(systemd.hears("READY=1"));
  EXPECT_TRUE(systemd.hears("STATUS=1 versions, 1 published, no problem"));
  EXPECT_TRUE(systemd.hears("WATCHDOG=1"));
  // A new version appears while it runs.
  site.put_both("24.09");
  EXPECT_TRUE(comes([&] { return test::tagged_in(registry, "24.09").has_value(); })) << log();
  service.signal(SIGTERM);
  EXPECT_TRUE(systemd.hears("STOPPING=1"));
  EXPECT_EQ(service.wait(), 0) << log();
  EXPECT_THAT(log(), Not(HasSubstr("error: "))) << log();
}

TEST_F(SyncService, OnSighupItReadsThePolicyAgainAndKeepsTheOldOneWhereThatIsWrong) {
  auto& registry = start_registry();
  site.put_both("24.03-LTS");
  std::string file = policy("versions: [24.03-LTS]\n");
  Process service = start({registry.address()}, {"--policy", file});
  EXPECT_TRUE(comes([&] { return test::tagged_in(registry, "24.03-lts").has_value(); })) << log();
  EXPECT_FALSE(test::tagged_in(registry, "latest"));
  policy("versions: {24.03-LTS: [latset latest]}\ntag: x\n");
  service.signal(SIGHUP);
  EXPECT_TRUE(log_says("the new configuration is refused, the old one stays in force: ")) << log();
  policy("versions: {24.03-LTS: [latest]}\n");
  service.signal(SIGHUP);
  EXPECT_TRUE(comes([&] { return test::tagged_in(registry, "latest").has_value(); })) << log();
  EXPECT_TRUE(service.running());
  EXPECT_TRUE(systemd.hears("RELOADING=1"));
}

TEST_F(SyncService, ThereIsOneForEachRepository) {
  auto& registry = start_registry();
  auto& other = start_registry();
  site.put_both();
  Process service = start({registry.address()});
  ASSERT_TRUE(systemd.hears("READY=1")) << log();
  expect_failure(run({registry.address(), other.address()}), 1,
                 "another sync is at work for " + registry.address());
  expect_success(run({other.address()}));
}

}  // namespace
}  // namespace eulerpublisher
