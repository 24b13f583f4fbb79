#include "engine/engine.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <nlohmann/json.hpp>

#include "engine/docker_script.h"
#include "engine/foreign.h"
#include "engine/runtime_config.h"
#include "engine/terminating.h"
#include "engine/work_folder.h"
#include "support/process.h"

namespace eulerpublisher {
namespace {

namespace fs = std::filesystem;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

// What the kernel shows of an interpreter for loong64, as qemu-user-static registers it.
std::string entry_for_loong64(const char* state, const char* flags) {
  return fmt::format(
      "{}\ninterpreter /usr/bin/qemu-loongarch64-static\nflags: {}\noffset 0\n"
      "magic 7f454c4602010100000000000000000002000201\n"
      "mask fffffffffffffffc00fffffffffffffffeffffff\n",
      state, flags);
}

TEST(CannotRun, LooksWhetherTheKernelHasAnInterpreterThatContainersCanUse) {
  test::TempFolder binfmt;
  Platform platform = *Platform::parse("loong64");
  if (is_native(platform)) GTEST_SKIP() << "SKIPPED: this machine is loong64 itself";
  EXPECT_THAT(*cannot_run(platform, binfmt / "none"), HasSubstr("install qemu-user-static"));
  test::write_text(binfmt / "status", "enabled\n");
  EXPECT_THAT(*cannot_run(platform, binfmt.path()), HasSubstr("no interpreter for loongarch64"));
  test::write_text(binfmt / "qemu", entry_for_loong64("enabled", ""));
  EXPECT_THAT(*cannot_run(platform, binfmt.path()), HasSubstr("flag F"));
  test::write_text(binfmt / "qemu", entry_for_loong64("disabled", "F"));
  EXPECT_THAT(*cannot_run(platform, binfmt.path()), HasSubstr("no interpreter"));
  test::write_text(binfmt / "qemu", entry_for_loong64("enabled", "OCF"));
  EXPECT_FALSE(cannot_run(platform, binfmt.path()).has_value());
  EXPECT_TRUE(cannot_run(*Platform::parse("s390x"), binfmt.path()).has_value());
}

TEST(CannotRun, RunsWhatTheMachineIsItself) {
  test::Ran machine = test::run({.argv = {"uname", "-m"}});
  auto own = Platform::parse(machine.out.substr(0, machine.out.find('\n')));
  if (!own) GTEST_SKIP() << "SKIPPED: this machine is none that images are made for";
  EXPECT_FALSE(cannot_run(*own, "/nonexistent").has_value());
}

TEST(EngineChoice, KnowsItsWords) {
  for (const char* word : {"auto", "podman", "docker", "runc", "none"})
    EXPECT_TRUE(engine_choice_from(word).has_value()) << word;
  EXPECT_FALSE(engine_choice_from("crun").has_value());
  EXPECT_TRUE(engines_for(EngineChoice::none)->empty());
}

// Runs the script with a `docker` that says what it is asked.
std::string asked(const DockerScript& script, const std::string& arguments) {
  test::TempFolder folder;
  EXPECT_TRUE(write_docker_script(folder.path(), script).has_value());
  return test::run({.argv = {"sh", "-c", (folder / "docker").string() + " " + arguments}}).out;
}

TEST(DockerScript, MarksWhatAScriptStartsAndGivesItNoNetwork) {
  DockerScript script{.program = {"echo", "it's", "docker"}, .label = "eulerpublisher=x"};
  EXPECT_EQ(asked(script, "run --rm image true"),
            "it's docker run --label eulerpublisher=x --network none --pull never --rm image true\n");
  EXPECT_EQ(asked(script, "container run image"),
            "it's docker run --label eulerpublisher=x --network none --pull never image\n");
  EXPECT_EQ(asked(script, "create --network mine image"),
            "it's docker create --label eulerpublisher=x --network mine image\n");
  EXPECT_EQ(asked(script, "network create mine"),
            "it's docker network create --label eulerpublisher=x mine\n");
  EXPECT_EQ(asked(script, "network rm mine"), "it's docker network rm mine\n");
  EXPECT_EQ(asked(script, "exec -it a 'b  c'"), "it's docker exec -it a b  c\n");
}

TEST(DockerScript, GivesNetworkAndPlatformWhereTheyAreAskedFor) {
  DockerScript script{.program = {"echo"}, .label = "l=x", .network = true, .platform = "linux/arm64"};
  EXPECT_EQ(asked(script, "run image"), "run --label l=x --platform linux/arm64 image\n");
}

TEST(WhenItSays, ActsOnceWhenTheWordIsThereInWhateverPieces) {
  int acted = 0;
  auto watch = when_it_says({.terminate_after = "ready"}, [&] { ++acted; });
  watch("re");
  EXPECT_EQ(acted, 0);
  watch("ady\n");
  watch("ready\n");
  EXPECT_EQ(acted, 1);
  EXPECT_FALSE(when_it_says({}, [] {}));
}

TEST(WorkFolder, GoesWithItsValueAndSweepsUpAfterTheKilled) {
  test::TempFolder temp;
  setenv("TMPDIR", temp.path().c_str(), 1);
  fs::create_directories(temp / "ep-run.killed/rootfs/locked");
  test::write_text(temp / "ep-run.killed/lock", "");
  test::write_text(temp / "somebody-elses", "");
  fs::path path;
  {
    auto work = WorkFolder::make();
    auto second = WorkFolder::make();
    ASSERT_TRUE(work.has_value() && second.has_value());
    path = work->path();
    EXPECT_TRUE(fs::exists(path));
    EXPECT_NE(work->word(), second->word());
    EXPECT_FALSE(fs::exists(temp / "ep-run.killed"));
  }
  unsetenv("TMPDIR");
  EXPECT_FALSE(fs::exists(path));
  EXPECT_TRUE(fs::exists(temp / "somebody-elses"));
}

class StartTest : public testing::Test {
 protected:
  ImageToRun image(const std::string& run) {
    return {*Platform::parse("amd64"),
            Document<Manifest>::of({"m", {"c", digest_of(""), 0, {}, {}}, {}, {}}),
            *Document<Config>::parse(R"({"architecture":"amd64","os":"linux","config":)" + run +
                                     R"(,"rootfs":{"type":"layers","diff_ids":[]}})"),
            {}};
  }
  StartTest() {
    fs::create_directory(folder / "etc");
    test::write_text(folder / "etc/passwd", "root:x:0:0::/root:/bin/sh\nwww:x:33:34::/:/bin/false\n");
    test::write_text(folder / "etc/group", "root:x:0:\nmail:x:8:\n");
  }

  test::TempFolder folder;
};

TEST_F(StartTest, TakesFromTheImageWhatNobodySays) {
  RootFolder root = *RootFolder::open(folder.path());
  auto image_value =
      image(R"({"Cmd":["bash"],"Entrypoint":["/init"],"Env":["A=b","PATH=/bin"],"WorkingDir":"/srv"})");
  Start start = *start_of(image_value, root, {}, {.env = {{"A", "c"}}});
  EXPECT_THAT(start.argv, ElementsAre("/init", "bash"));
  EXPECT_EQ(start.env.at("A"), "c");
  EXPECT_EQ(start.env.at("PATH"), "/bin");
  EXPECT_EQ(start.folder, "/srv");
  EXPECT_THAT(start_of(image_value, root, {"true"}, {})->argv, ElementsAre("true"));
  EXPECT_FALSE(start_of(image("{}"), root, {}, {}).has_value());
}

TEST_F(StartTest, LooksUpTheUserInTheImage) {
  RootFolder root = *RootFolder::open(folder.path());
  auto start = [&](const std::string& user, bool as_root = false) {
    return start_of(image(R"({"Cmd":["x"],"User":")" + user + "\"}"), root, {}, {.as_root = as_root});
  };
  EXPECT_EQ(start("www")->uid, 33u);
  EXPECT_EQ(start("www")->gid, 34u);
  EXPECT_EQ(start("www:mail")->gid, 8u);
  EXPECT_EQ(start("1000:1001")->uid, 1000u);
  EXPECT_EQ(start("1000:1001")->gid, 1001u);
  EXPECT_EQ(start("www", true)->uid, 0u);
  EXPECT_THAT(start("nobody").error().text(), HasSubstr("'nobody'"));
}

TEST(RuntimeConfig, GivesNoNetworkAndNoDeviceNodesUnlessAsked) {
  Start start;
  start.argv = {"true"};
  auto config = nlohmann::json::parse(runtime_config(start, {}, "check", "/h"));
  EXPECT_THAT(config["linux"]["namespaces"].dump(), HasSubstr(R"({"type":"network"})"));
  EXPECT_THAT(config["process"]["capabilities"]["bounding"].dump(), Not(HasSubstr("MKNOD")));
  EXPECT_EQ(config["mounts"].back()["options"].dump(), R"(["bind","ro"])");
  EXPECT_TRUE(config["linux"][geteuid() == 0 ? "resources" : "uidMappings"].is_structured());
  config = nlohmann::json::parse(runtime_config(start, {.network = true}, "check", "/h"));
  EXPECT_THAT(config["linux"]["namespaces"].dump(), Not(HasSubstr("network")));
}

}  // namespace
}  // namespace eulerpublisher
