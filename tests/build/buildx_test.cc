// buildx builds a catalogue's images: the real one, with builders of two of its drivers.

#include <csignal>

#include "build/applications.h"
#include "build/buildkit_door.h"
#include "support/docker_daemon.h"

namespace eulerpublisher {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using test::Ran;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::UnorderedElementsAre;

const std::vector<std::string> offline{"--network", "none"};

// A dockerd that keeps its images in containerd, and a builder named farm that reaches its BuildKit from
// afar.
class Buildx : public Applications {
 protected:
  void SetUp() override {
    const char* folder = getenv("EP_BUILDX");
    if (!folder) GTEST_SKIP() << "SKIPPED: EP_BUILDX names no buildx (scripts/fetch-buildx.sh)";
    if (auto why = test::DockerDaemon::hindrance()) GTEST_SKIP() << "SKIPPED: " << *why;
    Applications::SetUp();
    if (IsSkipped() || HasFatalFailure()) return;
    fs::path programs = fs::path(folder) / "bin";
    daemon.emplace(programs);
    ASSERT_TRUE(daemon->answers()) << daemon->log();
    door.emplace(daemon->socket());
    machine.environment()["DOCKER_HOST"] = daemon->host();
    machine.environment()["PATH"] = programs.string() + ":/usr/bin:/usr/sbin:/bin:/sbin";
    fs::path config = *machine.environment()["DOCKER_CONFIG"];
    fs::create_directories(config);
    fs::create_symlink(fs::path(folder) / "cli-plugins", config / "cli-plugins");
    Ran made = docker({"buildx", "create", "--name", "farm", "--driver", "remote", door->address()});
    ASSERT_TRUE(made.ok()) << test::told(made);
  }
  Ran docker(const Words& words) {
    Words argv{"docker"};
    argv.insert(argv.end(), words.begin(), words.end());
    return test::run({.argv = argv, .env = machine.environment()});
  }

  std::optional<test::DockerDaemon> daemon;
  std::optional<BuildkitDoor> door;
};

TEST_F(Buildx, ABuilderFarAwayBuildsTheCatalogueForBothPlatforms) {
  write_images();
  write_image("broken", "FROM openeuler/openeuler:24.03-lts-sp1\nRUN echo it is broken && false\n");
  commit();
  Ran ran = publish("buildx:farm", offline);
  EXPECT_EQ(ran.status, 1) << test::told(ran);
  EXPECT_THAT(outcomes(json_of(ran)), UnorderedElementsAre("tool_" + app_tag + " published:" + both,
                                                           "service_" + app_tag + " published:" + both,
                                                           "multi_" + app_tag + " published:" + both,
                                                           "broken_" + app_tag + " failed:"));
  EXPECT_THAT(ran.err, HasSubstr("it is broken"));
  EXPECT_THAT(test::tags_in(*registry, "openeuler/broken"), IsEmpty());
  auto tool = test::tagged_in(*registry, app_tag, "openeuler/tool");
  ASSERT_TRUE(tool.has_value());
  EXPECT_THAT(test::broken_rules(*tool, test::storage_reader(*registry)), IsEmpty());
  expect_layers_of_base("service", "arm64", 3);
  EXPECT_EQ(index_of("service")["annotations"]["org.opencontainers.image.base.digest"], tool->text());
  if (test::have_program("podman")) {
    EXPECT_EQ(run("service", "amd64", "cat /made"), "tool on x86_64\n");
    EXPECT_EQ(run("service", "arm64", "cat /made; stat -c %a /usr/bin/tool"), "tool on aarch64\n755\n");
    EXPECT_EQ(run("service", "arm64", "stat -c %Y /made"), "1714979289\n") << "the time of the last commit";
    EXPECT_EQ(run("multi", "arm64", "cat /out"), "made by aarch64\n");
  }
  EXPECT_EQ(daemon->ask({"images", "-q"}), "");
  expect_nothing_left();
  Ran again = publish("buildx:farm", offline);
  for (const std::string& line : outcomes(json_of(again)))
    EXPECT_THAT(line, testing::AnyOf(HasSubstr(" up to date:"), testing::StartsWith("broken_")));
}

TEST_F(Buildx, TheBuilderInUseIsTakenWhereNoneIsNamed) {
  write_image("tool", "FROM openeuler/openeuler:24.03-lts-sp1\nRUN uname -m > /built-on\n");
  commit();
  Ran ran = publish("buildx", offline);
  EXPECT_EQ(ran.status, 0) << test::told(ran);
  EXPECT_THAT(outcomes(json_of(ran)), ElementsAre("tool_" + app_tag + " published:" + both));
}

// What the far BuildKit does with a step whose client is gone is its own: once in sixteen runs it went on.
TEST_F(Buildx, CtrlCEndsWhatIsOursOfABuildFarAway) {
  test::Process running = begin_slow_build("buildx:farm", offline);
  running.signal(SIGINT);
  EXPECT_EQ(running.wait(), 1) << test::read_text(machine.log());
  expect_nothing_left();
  EXPECT_THAT(test::tags_in(*registry, "openeuler/slow"), IsEmpty());
  for (pid_t pid : slow_builds()) ::kill(pid, SIGKILL);
}

TEST_F(Buildx, ABuilderThatIsNotThereIsNamedBeforeAnythingIsBuilt) {
  write_image("tool", "FROM openeuler/openeuler:24.03-lts-sp1\n");
  commit();
  Ran ran = publish("buildx:nobody", offline);
  EXPECT_EQ(ran.status, 1) << test::told(ran);
  EXPECT_THAT(ran.err, HasSubstr("buildx:nobody"));
  EXPECT_THAT(test::tags_in(*registry, "openeuler/tool"), IsEmpty());
}

TEST_F(Buildx, APlatformThatTheBuilderDoesNotServeIsNamed) {
  write_image("tool", "FROM openeuler/openeuler:24.03-lts-sp1\n");
  write("App/tool/meta.yml", app_tag + ":\n  path: 1.0/24.03-lts-sp1/Dockerfile\n  arch: loongarch64\n");
  write("App/tool/1.0/24.03-lts-sp1/Dockerfile", "FROM scratch\nCOPY Dockerfile /\n");
  commit();
  Ran ran = publish("buildx:farm", offline);
  EXPECT_EQ(ran.status, 1);
  EXPECT_THAT(ran.err, HasSubstr("the builder buildx:farm serves no linux/loong64"));
}

TEST_F(Buildx, SeveralBuildersShareThePlatformsAndAnOptionalOneMayFail) {
  if (!test::have_program("buildah")) GTEST_SKIP() << "SKIPPED: buildah is not installed";
  test::write_text(machine / "policy.yml",
                   "builders:\n- {engine: buildah, platforms: amd64}\n"
                   "- {engine: buildx, name: farm, platforms: arm64}\n"
                   "images:\n  fragile: {optional: arm64}\n");
  const std::string on_base = "FROM openeuler/openeuler:24.03-lts-sp1\n";
  write_image("tool", on_base + "RUN uname -m > /built-on\n");
  for (const char* name : {"fragile", "strict"})
    write_image(name, on_base + "RUN test $(uname -m) = x86_64\n");
  commit();
  Words more{"--policy", (machine / "policy.yml").string(), "--network", "none"};
  Ran ran = publish("auto", more);
  EXPECT_EQ(ran.status, 1) << test::told(ran);
  EXPECT_THAT(outcomes(json_of(ran)), UnorderedElementsAre("tool_" + app_tag + " published:" + both,
                                                           "fragile_" + app_tag + " published: linux/amd64",
                                                           "strict_" + app_tag + " failed:"));
  EXPECT_THAT(test::tags_in(*registry, "openeuler/strict"), IsEmpty());
  EXPECT_THAT(ran.err, HasSubstr("note: linux/arm64 is optional and missing: building fragile"));
  EXPECT_EQ(index_of("tool")["manifests"].size(), 2u);
  EXPECT_EQ(index_of("fragile")["manifests"].size(), 1u);
  auto log_of = [&](const std::string& architecture) {
    std::string name = "tool_" + app_tag + "_" + architecture + ".log";
    for (const fs::directory_entry& entry : fs::recursive_directory_iterator(machine.state() / "builds"))
      if (entry.path().filename() == name) return test::read_text(entry.path());
    return std::string();
  };
  EXPECT_THAT(log_of("arm64"), HasSubstr("building with \"farm\" instance using remote driver"));
  EXPECT_THAT(log_of("amd64"), testing::AllOf(HasSubstr("STEP 1"), Not(HasSubstr("remote driver"))));
  auto tool = test::tagged_in(*registry, app_tag, "openeuler/tool");
  ASSERT_TRUE(tool.has_value());
  EXPECT_THAT(test::broken_rules(*tool, test::storage_reader(*registry)), IsEmpty());
  more.insert(more.end(), {"--tag", "tool:" + app_tag});
  EXPECT_THAT(outcomes(json_of(publish("auto", more))), ElementsAre("tool_" + app_tag + " up to date:"));
}

}  // namespace
}  // namespace eulerpublisher
