// `container lint`: every row of docs/catalogue.md in one catalogue, what changed only, and the scenes of the
// real catalogue where they are at hand.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "catalogue/finding.h"
#include "support/file_tree.h"
#include "support/machine.h"
#include "support/places.h"
#include "support/real_scenes.h"

namespace eulerpublisher {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

const fs::path wrongs = test::source_folder() / "tests/catalogues/wrongs";

nlohmann::json findings_of(const test::Ran& ran) {
  auto json = nlohmann::json::parse(ran.out, nullptr, false);
  EXPECT_TRUE(json.is_object()) << test::told(ran);
  return json.is_object() ? json["findings"] : nlohmann::json::array();
}

std::set<std::string> codes_of(const nlohmann::json& findings) {
  std::set<std::string> codes;
  for (const auto& finding : findings) codes.insert(finding["code"]);
  return codes;
}

TEST(LintCommand, FindsEveryRowOfTheTable) {
  test::Machine machine;
  auto ran = machine.run({"container", "lint", wrongs.string()});
  EXPECT_EQ(ran.status, 2);
  EXPECT_EQ(ran.out, "");
  EXPECT_EQ(ran.err, test::read_text(test::source_folder() / "tests/catalogues/wrongs.txt"));
}

TEST(LintCommand, KnowsNoCodeThatNoCatalogueHas) {
  test::Machine machine;
  fs::copy(wrongs, machine / "wrongs", fs::copy_options::recursive);
  fs::resize_file(machine / "wrongs/AI/good/meta.yml", 64 << 20);
  test::write_text(machine / "policy", "images: {mixed: {latest: '1'}}");
  auto codes = codes_of(findings_of(machine.run({"container", "lint", (machine / "wrongs").string(), "--json",
                                                 "--policy", (machine / "policy").string()})));
  codes.merge(codes_of(findings_of(machine.run({"container", "lint", wrongs.string(), "--json"}))));
  for (const catalogue::Rule& rule : catalogue::all_rules())
    EXPECT_TRUE(codes.contains(std::string(rule.number))) << rule.number << " " << rule.name;
  EXPECT_EQ(codes.size(), catalogue::all_rules().size());
}

TEST(LintCommand, WritesSarifThatHoldsTogether) {
  test::Machine machine;
  auto file = machine / "findings.sarif";
  auto ran = machine.run({"container", "lint", wrongs.string(), "--json", "--sarif", file.string()});
  auto findings = findings_of(ran);
  auto log = nlohmann::json::parse(test::read_text(file), nullptr, false);
  ASSERT_TRUE(log.is_object());
  EXPECT_EQ(log["version"], "2.1.0");
  ASSERT_EQ(log["runs"].size(), 1u);
  const auto& run = log["runs"][0];
  const auto& rules = run["tool"]["driver"]["rules"];
  ASSERT_EQ(run["results"].size(), findings.size());
  for (const auto& result : run["results"]) {
    EXPECT_EQ(rules.at(result["ruleIndex"].get<size_t>())["id"], result["ruleId"]);
    EXPECT_TRUE(std::set<std::string>({"note", "warning", "error"}).contains(result["level"]));
    EXPECT_FALSE(result["message"]["text"].get<std::string>().empty());
    const auto& place = result["locations"][0]["physicalLocation"];
    std::string uri = place["artifactLocation"]["uri"];
    EXPECT_FALSE(uri.starts_with("/")) << uri;
    EXPECT_GE(place["region"]["startLine"], 1);
    EXPECT_GE(place["region"]["startColumn"], 1);
    EXPECT_EQ(result["partialFingerprints"].size(), 1u);
  }
  auto again = machine.run({"container", "lint", wrongs.string(), "--sarif", (machine / "no/such").string()});
  EXPECT_EQ(test::error_lines(again).size(), 1u) << test::told(again);
}

class Changes : public testing::Test {
 protected:
  void SetUp() override {
    if (!test::have_program("git")) GTEST_SKIP() << "SKIPPED: git is not installed";
    fs::create_directories(machine / "c");
    fs::copy(wrongs, machine / "c/catalogue", fs::copy_options::recursive);
    git({"init", "-q", "-b", "main"});
    commit("one");
  }
  void git(std::vector<std::string> words) {
    words.insert(words.begin(), "git");
    auto ran = test::run({words,
                          {{"GIT_CONFIG_GLOBAL", "/dev/null"},
                           {"GIT_CONFIG_SYSTEM", "/dev/null"},
                           {"GIT_AUTHOR_NAME", "a"},
                           {"GIT_AUTHOR_EMAIL", "a@a.example"},
                           {"GIT_COMMITTER_NAME", "a"},
                           {"GIT_COMMITTER_EMAIL", "a@a.example"}},
                          machine / "c"});
    ASSERT_TRUE(ran.ok()) << test::told(ran);
  }
  void commit(const std::string& story) {
    git({"add", "-A", "-f"});
    git({"commit", "-q", "-m", story});
  }
  test::Ran lint(std::vector<std::string> more) {
    std::vector<std::string> words{"container", "lint", (machine / "c/catalogue").string(), "--json"};
    words.insert(words.end(), more.begin(), more.end());
    return machine.run(words);
  }
  static std::set<std::string> files_of(const test::Ran& ran) {
    std::set<std::string> files;
    for (const auto& finding : findings_of(ran)) files.insert(finding["file"]);
    return files;
  }
  test::Machine machine;
};

TEST_F(Changes, AreAskedOfGit) {
  auto nothing = lint({"--changed-since", "HEAD"});
  EXPECT_EQ(nothing.status, 0) << test::told(nothing);
  EXPECT_THAT(findings_of(nothing), IsEmpty());
  git({"switch", "-q", "-c", "work"});
  test::write_text(machine / "c/catalogue/AI/oddities/1/24.03-lts/new-file", "new");
  commit("a file in a context");
  fs::remove(machine / "c/catalogue/AI/ring/2/24.03-lts/Dockerfile");
  EXPECT_THAT(files_of(lint({"--changed-since", "main"})),
              ElementsAre("AI/oddities/1/24.03-lts/Dockerfile", "AI/ring/meta.yml"));
  // What others did on main since then is not this work.
  git({"stash", "-q"});
  git({"switch", "-q", "main"});
  test::write_text(machine / "c/catalogue/AI/entrypoint/1/24.03-lts/new-file", "new");
  commit("elsewhere");
  git({"switch", "-q", "work"});
  EXPECT_THAT(files_of(lint({"--changed-since", "main"})), ElementsAre("AI/oddities/1/24.03-lts/Dockerfile"));
}

TEST_F(Changes, AreNamed) {
  auto ran = lint({"--changed", "AI/oddities/2/24.03-lts/Dockerfile", "Jenkinsfile"});
  EXPECT_THAT(files_of(ran), ElementsAre("AI/oddities/2/24.03-lts/Dockerfile"));
  EXPECT_EQ(ran.status, 0) << "a note is no error";
  EXPECT_EQ(lint({"--changed", "AI/entrypoint/meta.yml"}).status, 0);
  EXPECT_EQ(lint({"--changed", "AI/entrypoint/meta.yml", "--strict"}).status, 2);
}

TEST_F(Changes, MayStandBeforeTheCatalogueOrInIt) {
  std::string catalogue = (machine / "c/catalogue").string(), file = "AI/oddities/2/24.03-lts/Dockerfile";
  std::vector<std::vector<std::string>> ways{{"--json", "--changed", file, "Jenkinsfile", catalogue},
                                             {"--changed", file, "Jenkinsfile", catalogue, "--json"},
                                             {"--changed", file, "--json", "--", catalogue},
                                             {"--json", "--changed=" + file, catalogue}};
  for (std::vector<std::string> words : ways) {
    words.insert(words.begin(), {"container", "lint"});
    EXPECT_THAT(files_of(machine.run(words)), ElementsAre(file)) << testing::PrintToString(words);
  }
  auto command = machine.command({"container", "lint", "--json", "--changed", file, "no/such/file"});
  command.folder = catalogue;
  EXPECT_THAT(files_of(test::run(command)), ElementsAre(file));
  // What `git diff` names when nothing has changed.
  EXPECT_THAT(files_of(machine.run({"container", "lint", "--changed", catalogue, "--json"})), IsEmpty());
}

TEST_F(Changes, ThatGitDoesNotKnowAreRefused) {
  for (const char* revision : {"nowhere", "--output=/tmp/x", ""}) {
    auto ran = lint({"--changed-since=" + std::string(revision)});
    if (*revision == 0) continue;
    EXPECT_EQ(ran.status, 2) << test::told(ran);
    EXPECT_THAT(ran.err, HasSubstr("looking for the revision"));
  }
  test::Machine elsewhere;
  fs::copy(wrongs, elsewhere / "c", fs::copy_options::recursive);
  auto ran = elsewhere.run({"container", "lint", (elsewhere / "c").string(), "--changed-since", "HEAD"},
                           {{"GIT_CEILING_DIRECTORIES", elsewhere.folder().string()}});
  EXPECT_EQ(ran.status, 2) << test::told(ran);
  EXPECT_THAT(ran.err, HasSubstr("not a git repository"));
}

TEST(LintCommand, LooksAtWhatWasNamed) {
  test::Machine machine;
  for (const char* named : {"AI/entrypoint", "AI/entrypoint/meta.yml"}) {
    auto ran = machine.run({"container", "lint", (wrongs / named).string()});
    EXPECT_EQ(ran.status, 0) << test::told(ran);
    EXPECT_THAT(ran.err, HasSubstr("AI/entrypoint/1/24.03-lts/Dockerfile:2:1: warning EP-C028 "));
    EXPECT_THAT(ran.err, HasSubstr("1 image, 1 tag: 0 errors, 1 warning, 0 notes\n"));
  }
  auto scene = machine.run({"container", "lint", (wrongs / "HPC").string()});
  EXPECT_THAT(scene.err, Not(HasSubstr("entrypoint")));
  auto nothing = machine.run({"container", "lint", machine.folder().string()});
  EXPECT_EQ(nothing.status, 2) << test::told(nothing);
  EXPECT_EQ(test::error_lines(nothing).size(), 1u);
}

// Three scenes as they were in August 2026, without the bodies of their Dockerfiles.
TEST(LintCommand, ReadsTheRealScenes) {
  test::TempFolder folder;
  if (!test::write_real_scenes(folder.path())) GTEST_SKIP() << "SKIPPED: the real scenes are not at hand";
  test::Machine machine;
  auto ran = machine.run({"container", "lint", folder.path().string(), "--json"});
  auto json = nlohmann::json::parse(ran.out, nullptr, false);
  ASSERT_TRUE(json.is_object()) << test::told(ran);
  EXPECT_EQ(json["images"], 172);
  EXPECT_EQ(json["tags"], 537);
}

}  // namespace
}  // namespace eulerpublisher
