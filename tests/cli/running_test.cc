// Checks that run the image, as a person asks for them, and what they leave to read.

#include <signal.h>
#include <unistd.h>

#include <fstream>
#include <sstream>
#include <thread>

#include "cli/publishing.h"
#include "engine/foreign.h"
#include "support/browser.h"
#include "support/places.h"
#include "support/runnable_image.h"

namespace eulerpublisher {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using test::Browser;
using test::Ran;
using testing::AllOf;
using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

class Running : public Publishing {
 protected:
  void SetUp() override {
    if (geteuid() != 0) GTEST_SKIP() << "SKIPPED: images are run as root in tests";
    if (!test::have_program("runc")) GTEST_SKIP() << "SKIPPED: runc is not installed";
    Platform platform = *Platform::parse("amd64");
    if (cannot_run(platform) || !test::RunnableImage::can_be_made(platform))
      GTEST_SKIP() << "SKIPPED: no image for amd64 can be made to run here (EP_BUSYBOX)";
    Publishing::SetUp();
    fs::create_directory(machine / "t");
    machine.environment()["TMPDIR"] = (machine / "t").string();
    machine.environment()["EULERPUBLISHER_ENGINE"] = "runc";
    machine.environment()["CONTAINERS_CONF"] =
        (test::source_folder() / "tests/support/containers.conf").string();
  }
  void TearDown() override {
    if (IsSkipped()) return;
    EXPECT_TRUE(fs::is_empty(machine / "t"));
  }

  // A release of programs that run.
  void make_release() {
    Ran made = test::run(
        {.argv = {(test::source_folder() / "scripts/make-release.sh").string(), site.folder().string(),
                  test::sp1, "--arch", "amd64", "--busybox", getenv("EP_BUSYBOX")}});
    ASSERT_TRUE(made.ok()) << test::told(made);
  }
  void publish_release() {
    make_release();
    expect_success(publish({oci()}, {"-a", "amd64"}));
  }
  // An update of it, with other programs.
  void make_update() {
    Ran made = test::run(
        {.argv = {(test::source_folder() / "scripts/make-release.sh").string(), site.folder().string(),
                  test::sp1, "--arch", "amd64", "--index", update, "--created", "2025-01-30T00:00:00Z"}});
    ASSERT_TRUE(made.ok()) << test::told(made);
  }
  static constexpr const char* update = "docker_img/update/2025-01-30";

  static const json* check_named(const json& checks, const std::string& name) {
    for (const json& check : checks)
      if (check["check"] == name) return &check;
    return nullptr;
  }
  static std::string outcome_of(const json& checks, const std::string& name) {
    const json* check = check_named(checks, name);
    return check ? check->value("outcome", "") : "absent";
  }
};

TEST_F(Running, PublishRunsTheImageBeforeAnyTagMoves) {
  make_release();
  Ran ran = publish({oci(), oci("other")}, {"-a", "amd64", "--json"});
  ASSERT_EQ(ran.status, 0) << test::told(ran);
  json told = json_of(ran);
  ASSERT_EQ(told["registries"].size(), 2u);
  for (const json& destination : told["registries"]) {
    EXPECT_EQ(outcome_of(destination["checks"], "starts"), "passed") << destination["checks"];
    EXPECT_EQ(outcome_of(destination["checks"], "interactive"), "passed");
    EXPECT_EQ(outcome_of(destination["checks"], "system"), "passed");
    EXPECT_EQ(outcome_of(destination["checks"], "scripts"), "not run");
  }
}

TEST_F(Running, AnImageThatDoesNotStartMovesNoTag) {
  site.put_true("amd64");  // its programs are only heads of programs
  Ran ran = publish({oci()}, {"-a", "amd64", "--json"});
  EXPECT_EQ(ran.status, 4) << test::told(ran);
  expect_nothing_visible(layout());
  json receipt = json_of(ran);
  const json* starts = check_named(receipt["registries"][0]["checks"], "starts");
  ASSERT_NE(starts, nullptr) << test::told(ran);
  EXPECT_EQ((*starts)["outcome"], "found something");
  EXPECT_THAT((*starts)["findings"][0]["text"], HasSubstr("`true` ends with status"));
  // Whoever knows better may leave it out.
  expect_success(publish({oci()}, {"-a", "amd64", "--engine", "none"}));
}

TEST_F(Running, WhatIsRequiredAndCannotBeRunIsRefused) {
  make_release();
  // As whenever a blocker could not look: it is no fault of the image.
  expect_failure(publish({oci()}, {"-a", "amd64", "--engine", "none", "--require-run", "native"}), 1,
                 "could not look: --engine none");
  expect_nothing_visible(layout());
  expect_success(publish({oci()}, {"-a", "amd64", "--require-run", "all"}));
}

TEST_F(Running, CheckWritesAJunitFileAndAPageThatABrowserShows) {
  publish_release();
  std::string junit = (machine / "junit.xml").string(), html = (machine / "report.html").string();
  Ran ran = machine.run(words("check", {oci()}, {"--junit", junit, "--html", html, "--json"}));
  // Required platforms are missing from this image: there is something to show.
  ASSERT_EQ(ran.status, 4) << test::told(ran);
  json document = json::parse(ran.out, nullptr, false);
  ASSERT_TRUE(document.is_array());
  EXPECT_EQ(outcome_of(document[0]["checks"], "starts"), "passed");
  std::string xml = test::read_text(junit);
  EXPECT_THAT(xml, HasSubstr("name=\"starts [linux/amd64]\"></testcase>"));
  EXPECT_THAT(xml, HasSubstr("<failure type=\"blocker\""));
  EXPECT_THAT(xml, HasSubstr("<skipped message=\"no script was named"));
  if (test::have_program("xmllint")) {
    EXPECT_TRUE(test::run({.argv = {"xmllint", "--noout", junit}}).ok());
  }

  if (!Browser::is_here()) GTEST_SKIP() << "SKIPPED: chromium is not installed";
  auto browser = Browser::start();
  ASSERT_TRUE(browser.has_value()) << browser.error().text();
  for (bool dark : {false, true})
    for (int width : {400, 1400}) {
      Done opened = (*browser)->open(html, {.width = width, .dark = dark});
      ASSERT_TRUE(opened.has_value()) << opened.error().text();
      EXPECT_THAT(*(*browser)->complaints(), IsEmpty());
      EXPECT_THAT(*test::hard_to_read(**browser), IsEmpty()) << width;
      auto tables = *test::tables_in(**browser);
      ASSERT_GE(tables.size(), 2u);
      EXPECT_GE(tables[0].rows, 1u);
      EXPECT_EQ(tables[0].empty_cells, 0u);
      EXPECT_EQ(tables[1].rows, document[0]["checks"].size());
    }
}

TEST_F(Running, EachLayerComesOnceThoughTheImageIsRunAndComparedWithTheOneBefore) {
  auto& registry = start_registry();
  make_release();
  expect_success(publish({registry.address()}, {"-a", "amd64"}));
  make_update();
  expect_success(publish({registry.address()}, {"-a", "amd64", "-i", update, "--engine", "none"}));
  std::string taken_back = json::parse(machine.run({"container", "history", "--json"}).out)[0]["receipt"];
  expect_success(machine.run({"container", "rollback", taken_back}));
  size_t before = registry.log().size();
  Ran ran = machine.run(words("check", {registry.address()}, {"-t", own_tag, "--json"}));
  json report = json::parse(ran.out)[0];
  EXPECT_EQ(outcome_of(report["checks"], "starts"), "passed") << test::told(ran);
  EXPECT_NE(outcome_of(report["checks"], "size-growth"), "not run");
  ASSERT_TRUE(report["comparison"].is_object()) << test::told(ran);
  EXPECT_GT(report["comparison"]["platforms"][0]["file_changes"].size(), 0u);
  std::map<std::string, int> asked;
  std::istringstream lines(registry.log().substr(before));
  for (std::string line; std::getline(lines, line);)
    if (size_t at = line.find("GET /v2/openeuler/openeuler/blobs/"); at != line.npos)
      ++asked[line.substr(at, line.find(' ', at + 4) - at)];
  // Two configurations, two layers of each image, of which one may be the same.
  EXPECT_GE(asked.size(), 5u);
  for (auto& [what, times] : asked) EXPECT_EQ(times, 1) << what;
}

TEST_F(Running, AScriptThatIsNamedMustExist) {
  Ran ran = machine.run(words("check", {oci()}, {"-s", "/no/such_test.sh"}));
  expect_failure(ran, 2, "-s /no/such_test.sh: there is no such script");
  expect_failure(machine.run(words("check", {oci()}, {"--scripts", "/no/folder"})), 2,
                 "there is no such folder");
}

class RunningScripts : public Running {
 protected:
  void SetUp() override {
    Running::SetUp();
    if (IsSkipped()) return;
    if (!test::have_program("podman")) GTEST_SKIP() << "SKIPPED: podman is not installed";
    if (!test::have_program("shunit2")) GTEST_SKIP() << "SKIPPED: shunit2 is not installed";
    machine.environment()["EULERPUBLISHER_ENGINE"] = "podman";
    fs::create_directory(machine / "scripts");
  }
  Words check_with(const std::string& script) {
    test::write_text(machine / "scripts/openeuler_test.sh", script);
    return words("check", {oci()}, {"-t", own_tag, "--scripts", (machine / "scripts").string(), "--json"});
  }
};

TEST_F(RunningScripts, OfTheImagesNameAreFoundInTheFolder) {
  publish_release();
  Words words = check_with(
      "test_version() { assertContains \"$(docker run --rm \"$DOCKER_IMAGE\" cat /etc/os-release)\" LTS-SP1; "
      "}\n"
      ". shunit2\n");
  Ran ran = machine.run(words);
  EXPECT_EQ(outcome_of(json::parse(ran.out)[0]["checks"], "scripts"), "passed") << test::told(ran);
  ran = machine.run(check_with("test_version() { fail 'so it is'; }\n. shunit2\n"));
  EXPECT_EQ(ran.status, 4) << test::told(ran);
  EXPECT_THAT(ran.out, HasSubstr("so it is"));
}

TEST_F(RunningScripts, AreNotTrustedWithOurLogins) {
  publish_release();
  test::write_text(machine / "logins.yml", "quay.io: [ITS_USER, ITS_PASSWORD]\n");
  Words words = check_with("test_it() { env >\"$EP_TOLD\"; assertTrue true; }\n. shunit2\n");
  words.insert(words.end(), {"-m", (machine / "logins.yml").string()});
  Ran ran = machine.run(words, {{"EP_TOLD", (machine / "told").string()},
                                {"LOGIN_USERNAME", "marked-user"},
                                {"LOGIN_PASSWORD", "marked-password"},
                                {"ITS_PASSWORD", "marked-too"}});
  EXPECT_EQ(outcome_of(json::parse(ran.out)[0]["checks"], "scripts"), "passed") << test::told(ran);
  EXPECT_THAT(test::read_text(machine / "told"), AllOf(HasSubstr("DOCKER_IMAGE="), Not(HasSubstr("marked"))));
}

TEST_F(RunningScripts, LeaveNothingBehindAtCtrlC) {
  publish_release();
  Words words =
      check_with("test_it() { docker run -d \"$DOCKER_IMAGE\" sleep 4713; sleep 600; }\n. shunit2\n");
  auto started = test::Process::start(machine.command(words));
  ASSERT_TRUE(started.has_value());
  auto sleeps = [] { return test::run({.argv = {"pgrep", "-f", "^sleep 4713$"}}).ok(); };
  for (int i = 0; i < 600 && !sleeps() && started->running(); ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  ASSERT_TRUE(sleeps()) << test::read_text(machine.log());
  started->signal(SIGINT);
  EXPECT_EQ(started->wait(), 1) << test::read_text(machine.log());
  EXPECT_FALSE(sleeps());
}

}  // namespace
}  // namespace eulerpublisher
