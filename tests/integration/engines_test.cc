// podman, docker and runc as they are, with images that run.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>
#include <thread>

#include "engine/foreign.h"
#include "support/docker_daemon.h"
#include "support/runnable_image.h"

namespace eulerpublisher {
namespace {

namespace fs = std::filesystem;
using test::DockerDaemon;
using test::RunnableImage;
using testing::HasSubstr;
using testing::Not;

// What is mounted, and which folders engines have made below $TMPDIR.
std::string traces_in(const fs::path& temp) {
  std::string traces;
  std::ifstream mounts("/proc/self/mountinfo");
  for (std::string line; std::getline(mounts, line);)
    if (line.find(temp.string() + "/") != line.npos) traces += line + "\n";
  for (const auto& entry : fs::directory_iterator(temp))
    if (entry.path().filename().string().starts_with("ep-run.")) traces += entry.path().string() + "\n";
  return traces;
}

class WithEngine : public testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    std::string name = GetParam();
    if (geteuid() != 0) GTEST_SKIP() << "SKIPPED: engines are tried as root";
    if (!test::have_program(name)) GTEST_SKIP() << "SKIPPED: " << name << " is not installed";
    if (name == "docker") {
      if (auto why = DockerDaemon::hindrance()) GTEST_SKIP() << "SKIPPED: " << *why;
      daemon.emplace();
      ASSERT_TRUE(daemon->answers());
    }
    test::let_podman_work();
    setenv("TMPDIR", temp.path().c_str(), 1);
    auto engines = engines_for(*engine_choice_from(name));
    ASSERT_TRUE(engines.has_value() && engines->size() == 1);
    engine = std::move(engines->front());
  }
  void TearDown() override {
    loaded.reset();
    unsetenv("TMPDIR");
    EXPECT_EQ(traces_in(temp.path()), "");
    if (daemon) {
      EXPECT_EQ(daemon->ask({"ps", "-aq"}), "");
    }
  }

  void load(const RunnableImage& image) {
    auto taken = engine->load(image.to_run(), {});
    ASSERT_TRUE(taken.has_value()) << taken.error().text();
    loaded = std::move(*taken);
  }
  process::Ended run(const std::vector<std::string>& argv, const RunTerms& terms = {}) {
    auto ended = loaded->run(argv, terms, {});
    EXPECT_TRUE(ended.has_value()) << ended.error().text();
    return ended ? *ended : process::Ended{.status = -1, .out = {}, .err = {}};
  }

  test::TempFolder temp{"t"};
  std::optional<DockerDaemon> daemon;
  std::unique_ptr<Engine> engine;
  std::unique_ptr<LoadedImage> loaded;
};

INSTANTIATE_TEST_SUITE_P(Engines, WithEngine, testing::Values("podman", "docker", "runc"),
                         [](const auto& info) { return std::string(info.param); });

TEST_P(WithEngine, RunsProgramsAsThePersonAtTheKeyboardWouldSee) {
  Platform platform = *Platform::parse("amd64");
  if (cannot_run(platform) || !RunnableImage::can_be_made(platform))
    GTEST_SKIP() << "SKIPPED: no image for amd64 can be made to run here (EP_BUSYBOX)";
  RunnableImage image(platform);
  ASSERT_NO_FATAL_FAILURE(load(image));
  process::Ended ended = run({"sh", "-c", "echo out; echo err >&2; exit 7"});
  EXPECT_EQ(ended.status, 7);
  EXPECT_EQ(ended.out, "out\n");
  EXPECT_EQ(ended.err, "err\n");
  EXPECT_EQ(run({"cat"}, {.input = "typed"}).out, "typed");
  EXPECT_EQ(run({"sh", "-c", "echo $WORD"}, {.env = {{"WORD", "a 'b'"}}}).out, "a 'b'\n");
  EXPECT_EQ(run({"no-such-program"}).status, 127);
  // No other network than the loopback.
  EXPECT_THAT(run({"cat", "/proc/net/dev"}).out, Not(HasSubstr("eth0")));
  EXPECT_THAT(run({"cat", "/etc/hosts"}).out, HasSubstr("localhost"));
  ended = run({}, {.input = "[ -t 1 ] && echo answer=$((6*7)); exit 3\n", .terminal = true});
  EXPECT_EQ(ended.status, 3);
  EXPECT_THAT(ended.out, HasSubstr("answer=42"));
  ended = run({"sh", "-c", "trap 'exit 9' TERM; echo ready; while :; do sleep 1; done"},
              {.terminate_after = "ready"});
  EXPECT_EQ(ended.status, 9);
}

TEST_P(WithEngine, EndsWhatDoesNotEndAndLeavesNothing) {
  Platform platform = *Platform::parse("amd64");
  if (cannot_run(platform) || !RunnableImage::can_be_made(platform))
    GTEST_SKIP() << "SKIPPED: no image for amd64 can be made to run here (EP_BUSYBOX)";
  RunnableImage image(platform);
  ASSERT_NO_FATAL_FAILURE(load(image));
  // Unlike that of any other test that runs just now.
  const std::string sleep = fmt::format("sleep 9{}", getpid());
  const std::vector<std::string> for_ever{"sh", "-c", "trap '' TERM; echo begun; " + sleep};
  EXPECT_TRUE(run(for_ever, {.patience = std::chrono::seconds(2)}).too_late);
  std::stop_source stop;
  std::jthread ask([&] {
    std::this_thread::sleep_for(std::chrono::seconds(2));
    stop.request_stop();
  });
  auto stopped = loaded->run(for_ever, {}, stop.get_token());
  ASSERT_FALSE(stopped.has_value());
  EXPECT_EQ(stopped.error().kind(), ErrorKind::cancelled);
  // Nobody sleeps any more.
  EXPECT_EQ(test::run({.argv = {"pgrep", "-f", "^" + sleep + "$"}}).out, "");
}

TEST_P(WithEngine, RunsArm64ThroughAnInterpreter) {
  Platform platform = *Platform::parse("arm64");
  if (auto why = cannot_run(platform)) GTEST_SKIP() << "SKIPPED: " << *why;
  if (!RunnableImage::can_be_made(platform)) GTEST_SKIP() << "SKIPPED: EP_BUSYBOX has no busybox for arm64";
  RunnableImage image(platform);
  ASSERT_NO_FATAL_FAILURE(load(image));
  process::Ended ended = run({"uname", "-m"});
  EXPECT_EQ(ended.out, "aarch64\n") << ended.err;
}

// A person's docker: the same image under a name of theirs, and a container.
TEST(DockerOfAPerson, IsLeftAsItWas) {
  if (auto why = DockerDaemon::hindrance()) GTEST_SKIP() << "SKIPPED: " << *why;
  Platform platform = *Platform::parse("amd64");
  if (cannot_run(platform) || !RunnableImage::can_be_made(platform))
    GTEST_SKIP() << "SKIPPED: no image for amd64 can be made to run here (EP_BUSYBOX)";
  RunnableImage image(platform);
  DockerDaemon daemon;
  ASSERT_TRUE(daemon.answers());
  auto engine = docker_engine();
  {
    auto first = engine->load(image.to_run(), {});
    ASSERT_TRUE(first.has_value()) << first.error().text();
    daemon.ask({"tag", (*first)->docker(false)->image, "mine:1"});
    daemon.ask({"create", "--network", "none", "--name", "mine", "mine:1", "true"});
  }
  auto all = [&] {
    return daemon.ask({"images", "--format", "{{.Repository}}:{{.Tag}} {{.ID}}"}) +
           daemon.ask({"ps", "-a", "--format", "{{.Names}} {{.Image}} {{.ID}}"});
  };
  std::string before = all();
  EXPECT_THAT(before, HasSubstr("mine"));
  EXPECT_THAT(before, Not(HasSubstr("eulerpublisher")));
  {
    auto again = engine->load(image.to_run(), {});
    ASSERT_TRUE(again.has_value()) << again.error().text();
    EXPECT_EQ((*again)->run({"true"}, {}, {})->status, 0);
  }
  EXPECT_EQ(all(), before);
}

// Where podman is installed and does not work, runc still does; the reasons are told when nothing works.
TEST(PodmanThatDoesNotWork, SaysWhy) {
  if (!test::have_program("podman")) GTEST_SKIP() << "SKIPPED: podman is not installed";
  Platform platform = *Platform::parse("amd64");
  if (cannot_run(platform) || !RunnableImage::can_be_made(platform))
    GTEST_SKIP() << "SKIPPED: no image for amd64 can be made to run here (EP_BUSYBOX)";
  RunnableImage image(platform);
  test::TempFolder temp{"t"};
  test::write_text(temp / "containers.conf", "[engine]\nruntime = \"no-such-runtime\"\n");
  setenv("CONTAINERS_CONF", (temp / "containers.conf").c_str(), 1);
  auto loaded = podman_engine()->load(image.to_run(), {});
  auto ran = loaded ? (*loaded)->run({"true"}, {}, {}) : Result<process::Ended>(loaded.error());
  ASSERT_FALSE(ran.has_value());
  EXPECT_EQ(ran.error().kind(), ErrorKind::unavailable);
  EXPECT_THAT(ran.error().text(), HasSubstr("no-such-runtime"));
}

}  // namespace
}  // namespace eulerpublisher
