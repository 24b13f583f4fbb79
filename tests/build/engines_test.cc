// Real engines build a catalogue's images on a published base, for two architectures.

#include <cstring>

#include "build/applications.h"
#include "support/docker_daemon.h"

namespace eulerpublisher {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using test::Ran;
using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

class Buildah : public BuiltByBuildah {};

TEST_F(Buildah, PublishesImagesThatStandOnEachOtherAndOnAPublishedBase) {
  write_images();
  write_image("broken", "FROM openeuler/openeuler:24.03-lts-sp1\nRUN echo it is broken && false\n");
  write_image("on-broken", "FROM openeuler/broken:" + app_tag + "\n");
  commit();
  Ran ran = publish("buildah");
  EXPECT_EQ(ran.status, 1) << test::told(ran);
  json told = json_of(ran);
  EXPECT_THAT(outcomes(told),
              UnorderedElementsAre("tool_" + app_tag + " published:" + both,
                                   "service_" + app_tag + " published:" + both,
                                   "multi_" + app_tag + " published:" + both,
                                   "broken_" + app_tag + " failed:", "on-broken_" + app_tag + " skipped:"));
  EXPECT_THAT(ran.err, HasSubstr("it is broken"));
  EXPECT_TRUE(test::tags_in(*registry, "openeuler/broken").empty());
  // Two tags on one Dockerfile, one image; `latest` is where it belongs.
  auto tool = test::tagged_in(*registry, app_tag, "openeuler/tool");
  EXPECT_EQ(test::tagged_in(*registry, "1-oe2403sp1", "openeuler/tool"), tool);
  EXPECT_EQ(test::tagged_in(*registry, "latest", "openeuler/tool"), tool);
  EXPECT_THAT(test::broken_rules(*tool, test::storage_reader(*registry)), IsEmpty());
  expect_layers_of_base("service", "arm64", 2);
  json annotations = index_of("service")["annotations"];
  EXPECT_EQ(annotations["org.opencontainers.image.base.name"], "openeuler/tool:" + app_tag);
  EXPECT_EQ(annotations["org.opencontainers.image.base.digest"], tool->text());
  EXPECT_EQ(annotations["org.opencontainers.image.created"], "2024-05-06T07:08:09Z");
  EXPECT_EQ(annotations["org.opencontainers.image.revision"].get<std::string>().size(), 40u);
  if (test::have_program("podman")) {
    EXPECT_EQ(run("service", "amd64", "cat /made"), "tool on x86_64\n");
    EXPECT_EQ(run("service", "arm64", "cat /made; stat -c %a /usr/bin/tool"), "tool on aarch64\n755\n");
    EXPECT_EQ(run("multi", "arm64", "cat /out"), "made by aarch64\n");
  }
  expect_nothing_left();
}

TEST_F(Buildah, ABaseThatWasUpdatedHasItsDependantsBuiltAgainAndNothingElse) {
  write_images();
  write_image("alone", "FROM scratch\nCOPY file /file\nCMD [\"/file\"]\n");
  write("App/alone/1.0/24.03-lts-sp1/file", "file\n");
  commit();
  ASSERT_TRUE(publish("buildah").ok());
  size_t before = test::writes_to(*registry);
  Ran again = publish("buildah");
  EXPECT_EQ(again.status, 0) << test::told(again);
  for (const std::string& line : outcomes(json_of(again))) EXPECT_THAT(line, HasSubstr(" up to date:"));
  EXPECT_EQ(test::writes_to(*registry), before);
  publish_base("2025-02-03T00:00:00Z");
  Ran status = machine.run({"container", "status", "--meta", tree.path().string(), "-g", registry->address(),
                            "--builder", "buildah", "--json"});
  EXPECT_EQ(status.status, 0) << test::told(status);
  std::map<std::string, std::string> states;
  json told = json_of(status);
  for (const json& tag : told["tags"])
    states[tag["image"].get<std::string>() + ":" + tag["tag"].get<std::string>()] = tag["state"];
  EXPECT_EQ(states["tool:" + app_tag], "base updated") << test::told(status);
  EXPECT_EQ(states["multi:" + app_tag], "base updated");
  EXPECT_EQ(states["service:" + app_tag], "base waits");
  EXPECT_EQ(states["alone:" + app_tag], "up to date");
  Ran updated = publish("buildah");
  EXPECT_THAT(outcomes(json_of(updated)), UnorderedElementsAre("tool_" + app_tag + " published:" + both,
                                                               "service_" + app_tag + " published:" + both,
                                                               "multi_" + app_tag + " published:" + both,
                                                               "alone_" + app_tag + " up to date:"));
}

// What a run that is ended in the middle of a build must not leave.
class Ended : public Buildah {
 protected:
  void begin() { running_ = begin_slow_build("buildah"); }
  std::vector<std::string> runs_left() const {
    std::vector<std::string> runs;
    for (const fs::directory_entry& entry : fs::directory_iterator(machine.store() / "building"))
      if (entry.is_directory()) runs.push_back(entry.path().filename());
    return runs;
  }
  std::optional<test::Process> running_;
};

TEST_F(Ended, ByCtrlCTakesItsContainersAndMountsAlong) {
  begin();
  running_->signal(SIGINT);
  EXPECT_EQ(running_->wait(), 1) << test::read_text(machine.log());
  expect_no_slow_build();
  expect_nothing_left();
}

TEST_F(Ended, ByKillLeavesNothingThatWorksAndTheNextRunTakesTheRest) {
  begin();
  running_->kill();
  expect_no_slow_build();
  // Its folder at least, and what the engine has mounted there.
  EXPECT_FALSE(runs_left().empty());
  write_image("slow", "FROM openeuler/openeuler:24.03-lts-sp1\nRUN true\n");
  Ran ran = publish("buildah");
  EXPECT_EQ(ran.status, 0) << test::told(ran);
  expect_nothing_left();
}

TEST_F(Ended, ByItsTimeLimitSaysHowFarItCame) {
  write_slow_image();
  Ran ran;
  // A machine that has much else to do needs longer to begin.
  for (const char* limit : {"6s", "30s", "90s"}) {
    ran = publish("buildah", {"--time-limit", limit});
    EXPECT_EQ(ran.status, 1) << test::told(ran);
    EXPECT_THAT(ran.err, HasSubstr("it took longer than " + std::string(limit, strlen(limit) - 1) + " s"));
    expect_no_slow_build();
    expect_nothing_left();
    if (ran.err.find("begun") != std::string::npos) break;
  }
  EXPECT_THAT(ran.err, testing::ContainsRegex("its last words: [^;]*begun[^;]*; all of them are in "));
  EXPECT_THAT(build_logs(), HasSubstr("\nbegun"));
  EXPECT_TRUE(test::tags_in(*registry, "openeuler/slow").empty());
  Ran wrong = publish("buildah", {"--time-limit", "soon"});
  EXPECT_EQ(wrong.status, 2) << test::told(wrong);
  EXPECT_THAT(wrong.err, HasSubstr("--time-limit: 'soon' is no time from 1s to 7d"));
}

TEST_F(Applications, PodmanBuildsTheSame) {
  if (!test::have_program("podman")) GTEST_SKIP() << "SKIPPED: podman is not installed";
  write_image("multi",
              "FROM openeuler/openeuler:24.03-lts-sp1 AS build\nRUN uname -m > /out\n"
              "FROM openeuler/openeuler:24.03-lts-sp1\nCOPY --from=build /out /out\n");
  commit();
  Ran ran = publish("podman");
  EXPECT_EQ(ran.status, 0) << test::told(ran);
  EXPECT_THAT(outcomes(json_of(ran)), Contains("multi_" + app_tag + " published:" + both));
  EXPECT_EQ(run("multi", "arm64", "cat /out"), "aarch64\n");
  expect_nothing_left();
}

// With a dockerd of its own.
class Docker : public Applications {
 protected:
  void SetUp() override {
    if (auto why = test::DockerDaemon::hindrance()) GTEST_SKIP() << "SKIPPED: " << *why;
    Applications::SetUp();
    if (IsSkipped() || HasFatalFailure()) return;
    daemon.emplace();
    ASSERT_TRUE(daemon->answers()) << daemon->log();
    machine.environment()["DOCKER_HOST"] = daemon->host();
    machine.environment()["PATH"] = "/usr/bin:/usr/sbin:/bin:/sbin";
  }

  std::optional<test::DockerDaemon> daemon;
};

TEST_F(Docker, BuildKitBuildsTheCatalogueAndItsDaemonKeepsNoImageOfOurs) {
  write_images();
  write_image("broken", "FROM openeuler/openeuler:24.03-lts-sp1\nRUN echo it is broken && false\n");
  commit();
  Ran ran = publish("docker", {"--network", "none"});
  EXPECT_EQ(ran.status, 1) << test::told(ran);
  EXPECT_THAT(outcomes(json_of(ran)), UnorderedElementsAre("tool_" + app_tag + " published:" + both,
                                                           "service_" + app_tag + " published:" + both,
                                                           "multi_" + app_tag + " published:" + both,
                                                           "broken_" + app_tag + " failed:"));
  EXPECT_THAT(ran.err, HasSubstr("it is broken"));
  EXPECT_TRUE(test::tags_in(*registry, "openeuler/broken").empty());
  expect_layers_of_base("service", "amd64", 3);
  EXPECT_EQ(daemon->ask({"images", "-q"}), "");
  if (test::have_program("podman")) {
    EXPECT_EQ(run("service", "arm64", "cat /made; stat -c %a /usr/bin/tool"), "tool on aarch64\n755\n");
    EXPECT_EQ(run("multi", "amd64", "cat /out"), "made by x86_64\n");
  }
  Ran again = publish("docker", {"--network", "none"});
  for (const std::string& line : outcomes(json_of(again)))
    EXPECT_THAT(line, testing::AnyOf(HasSubstr(" up to date:"), testing::StartsWith("broken_")));
}

TEST_F(Buildah, AForeignPlatformThatCannotRunIsNamedBeforeAnythingIsBuilt) {
  write_image("tool", "FROM scratch\nCOPY Dockerfile /\n");
  write("App/tool/meta.yml", app_tag + ":\n  path: 1.0/24.03-lts-sp1/Dockerfile\n  arch: loongarch64\n");
  commit();
  Ran ran = publish("buildah");
  EXPECT_EQ(ran.status, 1);
  EXPECT_THAT(ran.err, HasSubstr("has no interpreter for loongarch64 registered"));
  EXPECT_FALSE(fs::exists(machine.state() / "builds"));
}

}  // namespace
}  // namespace eulerpublisher
