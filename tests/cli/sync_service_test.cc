// container sync as a service: systemd above it, signals, one instance.

#include <fstream>
#include <thread>

#include "base/guarded.h"
#include "cli/syncing.h"
#include "release/journal.h"
#include "support/faulty_registry.h"
#include "support/unix_socket.h"

namespace eulerpublisher {
namespace {

namespace fs = std::filesystem;
using test::Process;
using testing::HasSubstr;
using testing::Not;

// systemd, as the service sees it: a socket on which somebody always listens.
class Systemd {
 public:
  explicit Systemd(const fs::path& path) : path_(path), socket_(::socket(AF_UNIX, SOCK_DGRAM, 0)) {
    EXPECT_EQ(test::at_path(::bind, socket_, path), 0);
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
  // With this systemd above it.
  Process start(const Words& targets, const Words& more = {}, const std::string& every = "1s") {
    Words words = sync(targets, {"--every", every});
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

TEST_F(SyncService, AnArchiveThatStillGrowsIsNotYetAndIsPublishedOnceItIsWhole) {
  auto& registry = start_registry();
  site.put_both();
  fs::path archive = site.archive("amd64");
  std::string whole = test::read_text(archive);
  test::write_text(archive, whole.substr(0, whole.size() / 8));
  Process service =
      start({registry.address()},
            metered({"--policy", policy("versions: [24.03-LTS-SP1]\nsync: {first-wait: 1ms, tries: 2}\n")}),
            "100ms");
  for (size_t eighth = 2; eighth <= 8; ++eighth) {
    double rounds = metric("sync_rounds_total").value_or(0);
    EXPECT_TRUE(comes([&] { return metric("sync_rounds_total") >= rounds + 2; })) << log();
    EXPECT_THAT(test::tags_in(registry), testing::IsEmpty()) << eighth;
    size_t from = (eighth - 1) * whole.size() / 8, to = eighth * whole.size() / 8;
    std::ofstream(archive, std::ios::app) << whole.substr(from, to - from);
  }
  const std::string published = "releases_total{version=\"24.03-LTS-SP1\",result=\"published\"}";
  EXPECT_TRUE(comes([&] { return metric(published) == 1; })) << log();
  EXPECT_TRUE(test::tagged_in(registry, own_tag));
  service.signal(SIGTERM);
  EXPECT_EQ(service.wait(), 0);
  EXPECT_THAT(log(), Not(HasSubstr("warning: ")))
      << "it is the release side that is at work, nothing is wrong";
  EXPECT_EQ(metric("releases_total{version=\"24.03-LTS-SP1\",result=\"failed\"}"), std::nullopt);
  EXPECT_GE(metric("releases_total{version=\"24.03-LTS-SP1\",result=\"not yet\"}").value_or(0), 2);
}

TEST_F(SyncService, SigtermInTheMiddleOfAnUploadAbandonsItAndTheNextRunEndsIt) {
  test::FaultyRegistry registry;
  // Opening an upload works; what carries bytes stands still after a few of them, however often it is tried.
  auto carries_bytes = [](const test::ServerRequest& request) {
    return request.method != "POST" && request.target.find("/blobs/uploads/") != std::string::npos;
  };
  registry.server().add_fault({.when = carries_bytes, .times = 99, .stall_request_after = 64});
  std::string host = registry.host().text();
  site.put_both();
  Process service = start({host});
  EXPECT_TRUE(comes([&] { return registry.server().faults_struck() > 0; })) << log();
  service.signal(SIGTERM);
  EXPECT_TRUE(comes([&] { return !service.running(); })) << "it does not wait for who does not answer";
  EXPECT_EQ(service.wait(), 0) << log();
  EXPECT_TRUE(systemd.hears("STOPPING=1"));
  EXPECT_FALSE(registry.tag("openeuler/openeuler", own_tag)) << "nothing is to be seen";
  registry.server().clear_faults();
  size_t asked = site.archives_asked();
  EXPECT_THAT(published({host}), testing::ElementsAre("24.03-LTS-SP1 docker_img: published"));
  EXPECT_TRUE(registry.tag("openeuler/openeuler", own_tag));
  EXPECT_LE(site.archives_asked(), asked + 2);
  auto journal = Journal::open(machine.state(), system_clock());
  ASSERT_TRUE(journal.has_value());
  EXPECT_THAT((*journal)->unfinished().value(), testing::IsEmpty()) << "each release has its end";
}

}  // namespace
}  // namespace eulerpublisher
