// Every check that runs an image: one image that has the fault and is caught, and the clean one that is not.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "engine/foreign.h"
#include "support/runnable_image.h"
#include "trial/trial.h"

namespace eulerpublisher {
namespace {

namespace fs = std::filesystem;
using test::RunnableImage;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

// Runs busybox systems with runc, which is quick.
class TrialsTest : public testing::Test {
 protected:
  void SetUp() override {
    if (geteuid() != 0) GTEST_SKIP() << "SKIPPED: images are run as root in tests";
    if (!test::have_program("runc")) GTEST_SKIP() << "SKIPPED: runc is not installed";
    Platform platform = *Platform::parse("amd64");
    if (cannot_run(platform) || !RunnableImage::can_be_made(platform))
      GTEST_SKIP() << "SKIPPED: no image for amd64 can be made to run here (EP_BUSYBOX)";
    if (!RunnableImage::has_bash()) GTEST_SKIP() << "SKIPPED: bash-static is not installed";
    image.emplace(platform);
    // What busybox lacks of a whole system.
    image->add_program("useradd",
                       "grep -q eulerpublisher-check /etc/passwd || echo "
                       "eulerpublisher-check:x:1000:1000::/: >>/etc/passwd");
    image->add_program("getent", "grep \"$2\" /etc/hosts");
    image->add_program("locale", "[ \"$1\" != charmap ] || echo UTF-8");
    image->add_program(
        "rpm", "if [ \"$1\" = -qa ]; then echo bash-5.2-1.x86_64; else echo '..5....T.  c /etc/bashrc'; fi");
    image->add_program("dnf", "if [ \"$1\" = --version ]; then echo 4.14; else echo OS everything; fi");
    terms.engine = EngineChoice::runc;
    expected.version = *Version::parse("24.03-LTS-SP1");
  }

  std::vector<CheckResult> try_it() {
    CheckedImage checked = image->checked();
    auto results = run_trials(checked, image->opener(), expected, CheckRules::built_in(), terms, {});
    EXPECT_TRUE(results.has_value()) << results.error().text();
    return results ? *results : std::vector<CheckResult>{};
  }
  static const CheckResult& named(const std::vector<CheckResult>& results, const std::string& name) {
    for (const CheckResult& result : results)
      if (result.name == name) return result;
    static const CheckResult none;
    ADD_FAILURE() << "there is no check " << name;
    return none;
  }
  // The names of those that ended so.
  static std::vector<std::string> ended(const std::vector<CheckResult>& results, Outcome outcome) {
    std::vector<std::string> names;
    for (const CheckResult& result : results)
      if (result.outcome == outcome) names.push_back(result.name);
    return names;
  }
  static std::string told(const std::vector<CheckResult>& results) {
    std::string text;
    for (const CheckResult& result : results) {
      text += fmt::format("{}: {} {}\n", result.name, name_of(result.outcome), result.note);
      for (const Finding& finding : result.findings) text += "  " + finding.text + "\n";
    }
    return text;
  }
  // Spoils nothing else: exactly this check finds something.
  void expect_only(const std::string& name, const std::string& says) {
    auto results = try_it();
    EXPECT_THAT(ended(results, Outcome::found), ElementsAre(name)) << told(results);
    const CheckResult& result = named(results, name);
    ASSERT_FALSE(result.findings.empty());
    EXPECT_THAT(result.findings[0].text, HasSubstr(says));
    EXPECT_EQ(result.findings[0].where, "linux/amd64");
  }

  std::optional<RunnableImage> image;
  Expectation expected;
  TrialTerms terms;
};

TEST_F(TrialsTest, FindNothingInACleanImage) {
  auto results = try_it();
  EXPECT_THAT(ended(results, Outcome::found), IsEmpty()) << told(results);
  EXPECT_THAT(ended(results, Outcome::could_not_look), IsEmpty()) << told(results);
  EXPECT_THAT(ended(results, Outcome::not_run), UnorderedElementsAre("install", "scripts")) << told(results);
  EXPECT_FALSE(refuses(results));
  for (const CheckResult& result : results) {
    EXPECT_FALSE(result.reason.empty());
    ASSERT_EQ(result.platforms.size(), 1u);
    EXPECT_EQ(result.platforms[0].outcome, result.outcome);
  }
}

TEST_F(TrialsTest, FindThatNothingStarts) {
  test::write_text(image->root() / "usr/bin/busybox",
                   "\x7f"
                   "ELF no program");
  auto results = try_it();
  EXPECT_EQ(named(results, "starts").outcome, Outcome::found) << told(results);
  EXPECT_TRUE(refuses(results));
}

TEST_F(TrialsTest, FindAShellThatKeepsItsStatusToItself) {
  image->add_program("sh", "[ \"$2\" != 'exit 7' ] || exit 0; exec /usr/bin/busybox sh \"$@\"");
  auto results = try_it();
  EXPECT_THAT(named(results, "starts").findings[0].text,
              HasSubstr("`exit 7` in sh ends with status 0 instead of 7"));
}

TEST_F(TrialsTest, FindAShellThatDoesNothingAtATerminal) {
  image->add_program("bash", "[ \"$1\" = -lc ] || echo 'bash: no job control'");
  expect_only("interactive", "does not do what is typed");
}

TEST_F(TrialsTest, FindAnotherVersionAndAnotherProcessor) {
  test::write_text(image->root() / "etc/os-release", "VERSION=\"22.03 (LTS)\"\n");
  image->add_program("uname", "echo riscv64");
  auto results = try_it();
  EXPECT_THAT(ended(results, Outcome::found), ElementsAre("system")) << told(results);
  EXPECT_EQ(named(results, "system").findings.size(), 2u);
}

TEST_F(TrialsTest, FindAnotherTimeZone) {
  fs::remove(image->root() / "etc/localtime");
  fs::create_symlink("/usr/share/zoneinfo/Asia/Beijing", image->root() / "etc/localtime");
  expect_only("clock", "CST");
}

TEST_F(TrialsTest, FindALocaleThatIsMissing) {
  image->add_program(
      "locale",
      "echo 'locale: Cannot set LC_ALL to default locale'; [ \"$1\" != charmap ] || echo ANSI_X3.4-1968");
  expect_only("locale", "Cannot set");
}

TEST_F(TrialsTest, FindThatLocalhostIsNotFound) {
  image->add_program("getent", "exit 2");
  expect_only("hosts", "localhost");
}

TEST_F(TrialsTest, FindThatNoUserCanBeAdded) {
  image->add_program("useradd", "echo 'useradd: cannot open /etc/passwd'; exit 1");
  expect_only("users", "cannot open");
}

TEST_F(TrialsTest, FindALoginShellThatComplains) {
  test::write_text(image->root() / "etc/profile", "no-such-command\n");
  expect_only("login-shell", "no-such-command");
}

TEST_F(TrialsTest, FindAProgramThatChangedSinceItsPackageWasInstalled) {
  image->add_program("rpm",
                     "if [ \"$1\" = -qa ]; then echo bash-5.2-1.x86_64; else printf '%s\\n' "
                     "'S.5....T.    /usr/bin/bash' 'missing   d /usr/lib/x/README' '..5......  c /etc/x' "
                     "'.M.......    /usr/bin/ls' 'missing     /usr/lib64/libc.so.6'; fi");
  expect_only("rpm", "/usr/bin/bash has changed");
  EXPECT_EQ(named(try_it(), "rpm").findings.size(), 2u);
}

TEST_F(TrialsTest, FindAnRpmThatCannotReadItsDatabase) {
  image->add_program("rpm", "echo 'error: cannot open Packages database'; exit 1");
  expect_only("rpm", "cannot open Packages");
}

TEST_F(TrialsTest, FindThatThereIsNoRepository) {
  image->add_program("dnf", "[ \"$1\" != --version ] || echo 4.14");
  expect_only("package-manager", "lists no repository");
}

TEST_F(TrialsTest, InstallWhatThePolicyNamesWhenThereIsANetwork) {
  terms.network = true;
  EXPECT_EQ(named(try_it(), "install").outcome, Outcome::passed);
  image->add_program("dnf", "case \"$*\" in *install*) echo \"no package: $*\"; exit 1;; esac; echo x");
  expect_only("install", "dnf -y install wget tar vim make");
}

TEST_F(TrialsTest, SayOfAnImageWithoutAShellThatTheyWereNotRun) {
  image->set_config(R"({"Cmd":["/app"]})");
  CheckedImage checked = image->checked();
  checked.platforms[0].root.emplace();  // looked at, and there is no /bin/sh
  auto results = run_trials(checked, image->opener(), {}, CheckRules::built_in(), terms, {});
  ASSERT_TRUE(results.has_value());
  EXPECT_EQ(named(*results, "starts").outcome, Outcome::not_run);
  EXPECT_EQ(named(*results, "starts").note, "it has no shell");
}

TEST_F(TrialsTest, SayWhyNothingWasRunAndRefuseWhereItIsRequired) {
  terms.engine = EngineChoice::none;
  auto results = try_it();
  EXPECT_EQ(named(results, "starts").outcome, Outcome::not_run);
  EXPECT_THAT(named(results, "starts").note, HasSubstr("--engine none"));
  EXPECT_FALSE(refuses(results));
  terms.require = RequireRun::native;
  results = try_it();
  EXPECT_EQ(named(results, "starts").outcome, Outcome::could_not_look);
  // Nobody has asked for these, so nobody misses them.
  EXPECT_THAT(ended(results, Outcome::not_run), UnorderedElementsAre("install", "scripts")) << told(results);
  EXPECT_TRUE(refuses(results));
}

TEST_F(TrialsTest, LeaveForeignPlatformsOutUnlessAllAreRequired) {
  terms.require = RequireRun::native;
  CheckedImage checked = image->checked();
  CheckedPlatform foreign = checked.platforms[0];
  foreign.platform = {"linux", "s390x", ""};
  if (!cannot_run(foreign.platform)) GTEST_SKIP() << "SKIPPED: s390x runs here";
  checked.platforms.push_back(foreign);
  auto run = [&] {
    return *run_trials(checked, image->opener(), expected, CheckRules::built_in(), terms, {});
  };
  auto results = run();
  EXPECT_EQ(named(results, "starts").outcome, Outcome::not_run);
  EXPECT_THAT(named(results, "starts").note, HasSubstr("linux/s390x: this machine is x86_64"));
  EXPECT_EQ(named(results, "starts").platforms[0].outcome, Outcome::passed);
  EXPECT_FALSE(refuses(results));
  terms.require = RequireRun::all;
  EXPECT_TRUE(refuses(run()));
}

// Scripts speak to podman as `docker`.
class ScriptsTest : public TrialsTest {
 protected:
  void SetUp() override {
    TrialsTest::SetUp();
    if (IsSkipped()) return;
    if (!test::have_program("podman")) GTEST_SKIP() << "SKIPPED: podman is not installed";
    if (!test::have_program("shunit2")) GTEST_SKIP() << "SKIPPED: shunit2 is not installed";
    test::let_podman_work();
    terms.engine = EngineChoice::podman;
    terms.package = "openeuler";
    terms.tag = "24.03-lts-sp1";
  }
  CheckResult run_script(const std::string& text) {
    test::write_text(folder / "openeuler_test.sh", text);
    terms.scripts = {{folder / "openeuler_test.sh", true}};
    CheckResult result = named(try_it(), "scripts");
    if (result.findings.empty()) result.findings.push_back({"", result.note, result.note});
    return result;
  }

  test::TempFolder folder;
};

TEST_F(ScriptsTest, RunWithTheVariablesThatTodaysScriptsUse) {
  CheckResult result = run_script(R"sh(
oneTimeSetUp() { docker network create "$DOCKER_NETWORK" >/dev/null 2>&1 || true; }
test_it_says_its_version() {
  said=$(docker run --rm "$DOCKER_IMAGE" cat /etc/os-release)
  assertContains "$said" "24.03"
  assertEquals "$DOCKER_REGISTRY/$DOCKER_NAMESPACE/$DOCKER_PACKAGE:$DOCKER_TAG" "$DOCKER_IMAGE"
  assertEquals openeuler "$DOCKER_PACKAGE"
  assertEquals UTC "$TIME_ZONE"
}
test_a_container_in_the_background() {
  id=$(docker run -d --name "${DOCKER_PREFIX}_one" "$DOCKER_IMAGE" sleep 4714)
  assertEquals hello "$(docker exec "$id" echo hello)"
}
. shunit2
)sh");
  EXPECT_EQ(result.outcome, Outcome::passed)
      << (result.findings.empty() ? result.note : result.findings[0].output);
  EXPECT_EQ(test::run({.argv = {"pgrep", "-f", "^sleep 4714$"}}).out, "");
}

TEST_F(ScriptsTest, ShowTheirOutputWhenTheyFail) {
  CheckResult result = run_script("test_it() { assertEquals one two; }\n. shunit2\n");
  ASSERT_EQ(result.outcome, Outcome::found);
  EXPECT_THAT(result.findings[0].text, HasSubstr("openeuler_test.sh fails"));
  EXPECT_THAT(result.findings[0].output, HasSubstr("expected:<one> but was:<two>"));
  EXPECT_EQ(result.severity, Severity::blocker);
}

TEST_F(ScriptsTest, AreAFailureWhenTheyRunNoTest) {
  EXPECT_THAT(run_script("exit 0\n").findings[0].text, HasSubstr("runs no test"));
  EXPECT_THAT(run_script(". shunit2\n").findings[0].text, HasSubstr("openeuler_test.sh"));
}

TEST_F(ScriptsTest, AreNotRunWhereThereIsNone) {
  terms.scripts = {{folder / "none_test.sh", false}};
  EXPECT_EQ(named(try_it(), "scripts").outcome, Outcome::not_run);
  terms.scripts = {{folder / "none_test.sh", true}};
  EXPECT_EQ(named(try_it(), "scripts").outcome, Outcome::could_not_look);
}

}  // namespace
}  // namespace eulerpublisher
