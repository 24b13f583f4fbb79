// Checks that run an image's own rpm and dnf, with a real rpm and a real dnf in it, and a repository on this
// machine.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>

#include "engine/foreign.h"
#include "support/nginx_server.h"
#include "support/packaged_image.h"
#include "trial/trial.h"

namespace eulerpublisher {
namespace {

using testing::HasSubstr;

class RealPackages : public testing::Test {
 protected:
  void SetUp() override {
    if (geteuid() != 0) GTEST_SKIP() << "SKIPPED: images are run as root in tests";
    for (const char* program : {"runc", "nginx"})
      if (!test::have_program(program)) GTEST_SKIP() << "SKIPPED: " << program << " is not installed";
    if (auto why = test::PackagedImage::hindrance()) GTEST_SKIP() << "SKIPPED: " << *why;
    system.emplace();
    server = test::NginxServer::start(system->repository(), {}).value();
    terms.engine = EngineChoice::runc;
  }

  // What the checks of packages say.
  std::map<std::string, CheckResult> try_it() {
    CheckedImage checked = system->image().checked();
    auto results = run_trials(checked, system->image().opener(), {}, CheckRules::built_in(), terms, {});
    EXPECT_TRUE(results.has_value()) << results.error().text();
    std::map<std::string, CheckResult> by_name;
    if (results)
      for (CheckResult& result : *results) by_name.emplace(result.name, std::move(result));
    return by_name;
  }
  static std::string told(const CheckResult& result) {
    std::string text = fmt::format("{}: {} {}\n", result.name, name_of(result.outcome), result.note);
    for (const Finding& finding : result.findings) text += finding.text + "\n" + finding.output + "\n";
    return text;
  }

  std::optional<test::PackagedImage> system;
  std::unique_ptr<test::NginxServer> server;
  TrialTerms terms;
};

TEST_F(RealPackages, AreListedVerifiedAndInstalledByTheImagesOwnTools) {
  system->set_repository(server->url());
  terms.network = true;
  auto results = try_it();
  for (const char* name : {"rpm", "package-manager", "install"})
    EXPECT_EQ(results[name].outcome, Outcome::passed) << told(results[name]);
  for (const char* name : {"wget", "tar", "vim", "make"})
    EXPECT_THAT(server->log(), HasSubstr(fmt::format("GET /{}.rpm", name)));

  // A program that is another than its package brought, and nowhere to install from.
  std::ofstream(system->image().root() / "usr/bin/tool", std::ios::app) << "echo more\n";
  system->set_repository("");
  results = try_it();
  ASSERT_EQ(results["rpm"].outcome, Outcome::found) << told(results["rpm"]);
  EXPECT_EQ(results["rpm"].findings[0].text, "/usr/bin/tool has changed since its package was installed");
  ASSERT_EQ(results["install"].outcome, Outcome::found) << told(results["install"]);
  EXPECT_THAT(results["install"].findings[0].text, HasSubstr("dnf -y install wget tar vim make` ends"));
  ASSERT_EQ(results["package-manager"].outcome, Outcome::found) << told(results["package-manager"]);
  EXPECT_THAT(results["package-manager"].findings[0].text, HasSubstr("lists no repository"));

  // A database that neither rpm nor dnf can read, and no network.
  test::write_text(system->image().root() / "var/lib/rpm/rpmdb.sqlite", std::string(8192, 'x'));
  terms.network = false;
  results = try_it();
  ASSERT_EQ(results["rpm"].outcome, Outcome::found) << told(results["rpm"]);
  EXPECT_THAT(results["rpm"].findings[0].text, HasSubstr("rpm -qa` says: error: sqlite failure"));
  ASSERT_EQ(results["package-manager"].outcome, Outcome::found) << told(results["package-manager"]);
  EXPECT_THAT(results["package-manager"].findings[0].text,
              HasSubstr("dnf repolist` fails: error: sqlite failure"));
  EXPECT_EQ(results["install"].outcome, Outcome::not_run);
  EXPECT_EQ(results["install"].note, "it needs --run-network");
}

}  // namespace
}  // namespace eulerpublisher
