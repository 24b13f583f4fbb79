// The service, and what happens to it: the source down, a registry down, a full disk, kill -9, and thousands
// of rounds.  At the end all registries hold exactly what the release repository has.  Short forms in ctest;
// the full ones with EP_FAULTS=all (scripts/sync-full.sh).

#include <signal.h>
#include <sys/mount.h>
#include <unistd.h>

#include <cstdio>
#include <random>
#include <sstream>
#include <thread>

#include "base/sanitizers.h"
#include "faults/real_publish.h"
#include "faults/sync_world.h"

namespace eulerpublisher::test {
namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;
using testing::HasSubstr;
using testing::IsEmpty;

class SyncFaults : public SyncWorld {
 protected:
  void SetUp() override {
    SyncWorld::SetUp();
    if (IsSkipped() || HasFatalFailure()) return;
    for (const char* version : {"22.03-LTS", "24.03-LTS", "24.03-LTS-SP1"}) release(version, 1);
  }
  // So many rounds more have gone by, as the metrics tell.
  void wait_for_rounds(int more) {
    auto rounds = [&] { return metric("eulerpublisher_sync_rounds_total"); };
    double until = rounds() + more;
    EXPECT_TRUE(comes([&] { return rounds() >= until; })) << log();
  }
  double metric(const std::string& name) const {
    std::istringstream lines(read_text(machine / "sync.prom"));
    for (std::string line; std::getline(lines, line);)
      if (line.starts_with(name + " ")) return std::stod(line.substr(name.size() + 1));
    return 0;
  }
  Process start_measured(const std::string& every = "200ms", std::vector<std::string> more = {}) {
    more.insert(more.end(), {"--metrics", (machine / "sync.prom").string()});
    return start(every, more);
  }
};

TEST_F(SyncFaults, ASourceThatGoesDownAndComesBackIsWaitedFor) {
  Process service = start_measured();
  EXPECT_THAT(differences_at_last(), IsEmpty()) << log();
  site.server().stop();
  wait_for_rounds(2);
  EXPECT_EQ(metric("eulerpublisher_sync_last_round_success"), 0);
  EXPECT_THAT(differences(), IsEmpty()) << "what is published stays";
  release("24.03-LTS", 2);
  release("22.03-LTS", 2);
  wait_for_rounds(1);
  ASSERT_TRUE(site.server().restart().has_value());
  EXPECT_THAT(differences_at_last(), IsEmpty()) << log();
  service.signal(SIGTERM);
  EXPECT_EQ(service.wait(), 0) << log();
}

TEST_F(SyncFaults, ARegistryThatGoesDownHoldsUpNoOtherAndCatchesUp) {
  Process service = start_measured();
  EXPECT_THAT(differences_at_last(), IsEmpty()) << log();
  auto before = tagged_in(*registries[0], "24.03-lts");
  registries[1]->kill();
  release("24.03-LTS", 2);
  EXPECT_TRUE(comes([&] { return tagged_in(*registries[0], "24.03-lts") != before; })) << log();
  EXPECT_EQ(tagged_in(*registries[1], "24.03-lts"), before);
  ASSERT_TRUE(registries[1]->restart().has_value());
  EXPECT_THAT(differences_at_last(), IsEmpty()) << log();
  // All of them at once.
  site.server().stop();
  for (auto& registry : registries) registry->kill();
  wait_for_rounds(1);
  release("24.03-LTS-SP1", 2);
  for (auto& registry : registries) ASSERT_TRUE(registry->restart().has_value());
  ASSERT_TRUE(site.server().restart().has_value());
  EXPECT_THAT(differences_at_last(), IsEmpty()) << log();
  service.signal(SIGTERM);
  EXPECT_EQ(service.wait(), 0) << log();
}

TEST_F(SyncFaults, OnAFullDiskItGoesOnAsSoonAsThereIsRoom) {
  fs::path small = machine / "small";
  fs::create_directory(small);
  if (mount("tmpfs", small.c_str(), "tmpfs", 0, "size=64k") != 0)
    GTEST_SKIP() << "SKIPPED: only root can mount a small file system";
  ArchiveRecipe recipe = small_archive(platform_of("amd64"), "24.03-LTS");
  std::string noise(400'000, '\0');
  std::mt19937 chance(7);
  for (char& byte : noise) byte = static_cast<char>(chance());
  recipe.layers[0].push_back({.path = "./usr/noise", .content = noise});
  site.put("amd64", make_archive(recipe), "24.03-LTS", newest["24.03-LTS"]);
  {
    Process service = start_measured("200ms", {"--store", (small / "store").string()});
    EXPECT_TRUE(comes([&] { return log().find("no space left on device") != std::string::npos; })) << log();
    EXPECT_TRUE(comes([&] { return tagged_in(*registries[1], "22.03-lts").has_value(); }))
        << "the version before it was published\n"
        << log();
    EXPECT_FALSE(tagged_in(*registries[0], "24.03-lts"));
    EXPECT_TRUE(service.running());
    ASSERT_EQ(mount("tmpfs", small.c_str(), "tmpfs", MS_REMOUNT, "size=16m"), 0);
    EXPECT_THAT(differences_at_last(), IsEmpty()) << log();
  }
  umount2(small.c_str(), MNT_DETACH);
}

TEST_F(SyncFaults, AfterKill9AtAnyMomentTheNextOneEndsWhatWasBegun) {
  ASSERT_EQ(once().status, 0);
  auto begin = std::chrono::steady_clock::now();
  for (const char* version : {"22.03-LTS", "24.03-LTS"}) release(version, 2);
  ASSERT_EQ(once().status, 0);
  auto whole = std::chrono::duration_cast<milliseconds>(std::chrono::steady_clock::now() - begin);
  int moments = every_case() ? 50 : 4, at_work = 0;
  for (int moment = 0; moment < moments; ++moment) {
    SCOPED_TRACE(fmt::format("moment {} of {}", moment + 1, moments));
    for (const char* version : {"22.03-LTS", "24.03-LTS"}) release(version, moment + 3);
    Process service = start();
    std::this_thread::sleep_for(whole * (2 * moment + 1) / (2 * moments));
    EXPECT_TRUE(service.running()) << log();
    service.kill();
    service.wait();
    at_work += differences().empty() ? 0 : 1;
    EXPECT_THAT(half_visible(), IsEmpty());
  }
  Process service = start();
  EXPECT_THAT(differences_at_last(), IsEmpty()) << log();
  service.signal(SIGTERM);
  EXPECT_EQ(service.wait(), 0) << log();
  Ran ran = once({"--json"});
  EXPECT_THAT(ran.out, HasSubstr("\"work\":[]")) << told(ran);
  std::printf(
      "KILLED the service: moments %d (%d of them before everything was published), then all registries "
      "agree\n",
      moments, at_work);
}

struct Size {
  long pages = 0;  // of memory, resident
  size_t descriptors = 0;
  uintmax_t journal = 0;  // bytes, with its log
  uintmax_t state = 0;
};

TEST_F(SyncFaults, ThousandsOfRoundsLeaveNothingBehindButWhatWasReleased) {
  int rounds = every_case() ? 2000 : 60, releases = every_case() ? 100 : 6;
  Process service = start_measured("10ms");
  EXPECT_THAT(differences_at_last(), IsEmpty()) << log();
  auto size = [&] {
    Size size;
    std::istringstream(read_text(fmt::format("/proc/{}/statm", service.pid()))) >> size.pages >> size.pages;
    for (const auto& entry : fs::directory_iterator(fmt::format("/proc/{}/fd", service.pid())))
      size.descriptors += entry.path().empty() ? 0 : 1;
    for (const auto& file : fs::directory_iterator(machine.state()))
      if (file.path().filename().string().starts_with("journal.db")) size.journal += file.file_size();
    for (const auto& file : fs::directory_iterator(machine.state() / "sync")) size.state += file.file_size();
    return size;
  };
  int number = 1;
  auto run = [&](int count, int updates) {
    double begin = metric("eulerpublisher_sync_rounds_total");
    for (int update = 0; update < updates; ++update) {
      release(update % 2 ? "22.03-LTS" : "24.03-LTS", ++number);
      double until = begin + static_cast<double>(count) * (update + 1) / updates;
      ASSERT_TRUE(comes([&] { return metric("eulerpublisher_sync_rounds_total") >= until; },
                        std::chrono::seconds(300)))
          << log();
    }
  };
  // What grows at first (caches, threads, connections) has grown by then.
  run(rounds / 4, releases / 3);
  Size before = size();
  double rounds_before = metric("eulerpublisher_sync_rounds_total");
  run(rounds - rounds / 4, releases - releases / 3);
  Size after = size();
  EXPECT_THAT(differences_at_last(), IsEmpty()) << log();
  long released = releases - releases / 3;
  double kilobytes = static_cast<double>((after.pages - before.pages) * sysconf(_SC_PAGESIZE)) / 1024;
  std::printf(
      "SOAK: %.0f rounds with %ld releases after the first: memory %.0f kB more (of %.1f MB), descriptors "
      "%zu then "
      "%zu, journal %ju then %ju bytes, state %ju then %ju bytes\n",
      metric("eulerpublisher_sync_rounds_total") - rounds_before, released, kilobytes,
      static_cast<double>(after.pages * sysconf(_SC_PAGESIZE)) / 1048576, before.descriptors,
      after.descriptors, before.journal, after.journal, before.state, after.state);
  // AddressSanitizer keeps what is freed; what is lost for good it tells by itself.
  if (!sanitized) {
    EXPECT_LT(kilobytes, 12 * 1024) << "memory grows";
  }
  EXPECT_LE(after.descriptors, before.descriptors + 8) << "descriptors grow";
  // A release's receipt and events have about 10 kB; the log is written back at 4 MB.
  EXPECT_LE(after.journal, before.journal + static_cast<uintmax_t>(released) * 32'768 + (5u << 20));
  EXPECT_LE(after.state, before.state + static_cast<uintmax_t>(released) * 2048 + 16'384);
  service.signal(SIGTERM);
  EXPECT_EQ(service.wait(), 0) << log();
}

}  // namespace
}  // namespace eulerpublisher::test
