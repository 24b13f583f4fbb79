#include "catalogue/lint.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <sstream>

#include "catalogue/changes.h"
#include "catalogue/sarif.h"
#include "catalogue/tag_table.h"
#include "support/file_tree.h"
#include "support/places.h"

namespace eulerpublisher::catalogue {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

struct Linted {
  explicit Linted(const test::FileTree& files, const std::string& policy = "") {
    test::write_tree(folder.path(), files);
    catalogue = read_catalogue(locate(folder.path()).value()).value();
    rules = policy.empty() ? Policy::built_in() : Policy::parse(policy, "policy").value();
    findings = lint(catalogue, rules);
  }

  // `AI/x/meta.yml:1:3 shared-file`
  static std::vector<std::string> told(const Findings& findings) {
    std::vector<std::string> all;
    for (const Finding& finding : findings)
      all.push_back(fmt::format("{}:{}:{} {}", finding.place.file, finding.place.line, finding.place.column,
                                rule_of(finding.code).name));
    return all;
  }
  std::vector<std::string> seen() const { return told(findings); }
  // What remains for somebody who changed these files.
  std::vector<std::string> seen_after(const std::vector<std::string>& files,
                                      const TextBefore& before = {}) const {
    Changes changes = changes_in(catalogue, files, before).value();
    Scope scope = scope_of(catalogue, BuildGraph(catalogue, rules), changes);
    Findings rest = findings;
    std::erase_if(rest, [&](const Finding& finding) { return !scope.has(finding); });
    return told(rest);
  }

  test::TempFolder folder;
  Catalogue catalogue;
  Policy rules = Policy::built_in();
  Findings findings;
};

const std::string base = "FROM openeuler/openeuler:24.03-lts\n";

test::FileTree two_images() {
  return {{"AI/image-list.yml", "images:\n  x: x\n  y: y\n"},
          {"AI/x/meta.yml", "1-oe2403lts: 1/24.03-lts/Dockerfile\n2-oe2403lts: 2/24.03-lts/Dockerfile\n"},
          {"AI/x/1/24.03-lts/Dockerfile", base + "RUN 1 \\ \n 1\n"},
          {"AI/x/2/24.03-lts/Dockerfile", base + "RUN 2 \\ \n 2\n"},
          {"AI/y/meta.yml", "1-oe2403lts: 1/24.03-lts/Dockerfile\n"},
          {"AI/y/1/24.03-lts/Dockerfile", "FROM openeuler/x:1-oe2403lts\nRUN y \\ \n y\n"}};
}

TEST(Lint, SaysNothingAboutACatalogueThatIsInOrder) {
  auto files = two_images();
  for (auto& [path, text] : files)
    if (path.ends_with("Dockerfile")) text = text.substr(0, text.find("RUN")) + "RUN " + path + "\n";
  files["AI/x/README.md"] =
      "| Tag | Currently | Architectures |\n|--|--|--|\n| `1-oe2403lts`, latest | | aarch64,x86_64 |\n"
      "| 2-oe2403lts | | amd64, arm64 |\n";
  EXPECT_THAT(Linted(files).seen(), IsEmpty());
}

TEST(Lint, KnowsTheBaseImagesFromThePolicy) {
  auto files = two_images();
  files["AI/x/1/24.03-lts/Dockerfile"] = "FROM openeuler/openeuler:24.03-lts-sp9\n";
  files["AI/x/2/24.03-lts/Dockerfile"] = "FROM openeuler/openeuler:tomorrow\n";
  files["AI/y/1/24.03-lts/Dockerfile"] = "FROM openeuler/openeuler:22.03\n";
  EXPECT_THAT(Linted(files).seen(), ElementsAre("AI/x/1/24.03-lts/Dockerfile:1:1 base-of-other-version",
                                                "AI/x/2/24.03-lts/Dockerfile:1:1 unknown-base",
                                                "AI/y/1/24.03-lts/Dockerfile:1:1 base-of-other-version"));
}

TEST(Lint, RefusesALatestOfThePolicyThatCannotBePublished) {
  auto files = two_images();
  files["AI/y/meta.yml"] = "1-oe2403lts: gone/24.03-lts/Dockerfile\n";
  Linted linted(files, "images: {x: {latest: '3'}, y: {latest: 1-oe2403lts}}");
  EXPECT_THAT(linted.seen(),
              testing::IsSupersetOf({"AI/x/meta.yml:1:1 wrong-latest", "AI/y/meta.yml:1:1 wrong-latest"}));
}

TEST(Lint, LooksAtWhatChangedAndAtWhatBuildsOnIt) {
  Linted linted(two_images());
  const std::string x1 = "AI/x/1/24.03-lts/Dockerfile:2:8 blanks-after-continuation";
  const std::string x2 = "AI/x/2/24.03-lts/Dockerfile:2:8 blanks-after-continuation";
  const std::string y = "AI/y/1/24.03-lts/Dockerfile:2:8 blanks-after-continuation";
  EXPECT_THAT(linted.seen(), ElementsAre(x1, x2, y));
  EXPECT_THAT(linted.seen_after({"AI/x/1/24.03-lts/entrypoint.sh"}), ElementsAre(x1, y));
  EXPECT_THAT(linted.seen_after({"AI/x/2/24.03-lts/deleted/file"}), ElementsAre(x2));
  EXPECT_THAT(linted.seen_after({"AI/y/1/24.03-lts/Dockerfile"}), ElementsAre(y));
  EXPECT_THAT(linted.seen_after({"AI/x/meta.yml"}), ElementsAre(x1, x2, y));
  EXPECT_THAT(linted.seen_after({"AI/image-list.yml"}), ElementsAre(x1, x2, y));
  EXPECT_THAT(linted.seen_after({"AI/x/README.md", "Jenkinsfile", "tests/x/meta.yml"}), IsEmpty());
}

TEST(Lint, ComparesListsWithWhatTheyWere) {
  Linted linted(two_images());
  auto before = [](const std::string& file) -> Result<std::optional<std::string>> {
    if (file == "AI/x/meta.yml") return "1-oe2403lts: {path: 1/24.03-lts/Dockerfile}\n";
    if (file == "AI/image-list.yml") return "images: {x: x}";
    return std::nullopt;
  };
  EXPECT_THAT(linted.seen_after({"AI/x/meta.yml"}, before),
              ElementsAre("AI/x/2/24.03-lts/Dockerfile:2:8 blanks-after-continuation"));
  EXPECT_THAT(linted.seen_after({"AI/image-list.yml"}, before),
              ElementsAre("AI/y/1/24.03-lts/Dockerfile:2:8 blanks-after-continuation"));
}

TEST(TagTable, IsPrintedWithWhatPeopleWroteIntoIt) {
  Linted linted(two_images());
  auto before = find_tag_table(
      "| Tag | Currently | Arch |\n|:--|--|--|\n"
      "| [1-oe2403lts](https://forge.example/o/c/blob/main/AI/x/old) | The X 1 with a \\| on openEuler | ? "
      "|\n");
  ASSERT_TRUE(before.has_value());
  const std::string link = "](https://forge.example/o/c/blob/main/AI/x/";
  std::string table = tag_table_of(linted.catalogue.images[0], before);
  std::vector<std::string> lines;
  std::istringstream text(table);
  for (std::string line; std::getline(text, line);) lines.push_back(line);
  ASSERT_EQ(lines.size(), 4u) << table;
  EXPECT_THAT(lines[0], testing::MatchesRegex("\\| Tag +\\| Currently +\\| Arch +\\|"));
  EXPECT_THAT(lines[1], testing::MatchesRegex("\\|-+\\|-+\\|-+\\|"));
  EXPECT_EQ(lines[2], "| [1-oe2403lts" + link +
                          "1/24.03-lts/Dockerfile) | The X 1 with a \\| on openEuler | amd64, arm64 |");
  EXPECT_EQ(lines[3], "| [2-oe2403lts" + link +
                          "2/24.03-lts/Dockerfile) | The X 2 on openEuler 24.03-LTS | amd64, arm64 |");
  for (const std::string& line : lines) EXPECT_EQ(line.size(), lines[0].size()) << line;
  std::string fresh = tag_table_of(linted.catalogue.images[0], std::nullopt);
  EXPECT_THAT(fresh, HasSubstr("| x 1 on openEuler 24.03-LTS | amd64, arm64  |"));
  auto again = find_tag_table(fresh);
  ASSERT_TRUE(again.has_value());
  EXPECT_EQ(again->rows.size(), 2u);
  EXPECT_EQ(file_behind(again->rows[1].link), "AI/x/2/24.03-lts/Dockerfile");
}

TEST(TagTable, IsFoundOnlyWhereThereIsOne) {
  EXPECT_FALSE(find_tag_table(""));
  EXPECT_FALSE(find_tag_table("|"));
  EXPECT_FALSE(find_tag_table("| Tags |"));
  EXPECT_FALSE(find_tag_table("| Tags |\n| 1 |\n"));
  EXPECT_FALSE(find_tag_table("| Option |\n|---|\n| 1 |\n"));
  auto table = find_tag_table("| Tags |\n|---|\n| [1](x\n| `|`, 2\\\n");
  ASSERT_TRUE(table.has_value());
  EXPECT_EQ(table->rows.size(), 2u);
  EXPECT_EQ(table->rows[0].link, "x");
  EXPECT_THAT(table->rows[1].tags, ElementsAre("|", "2"));
}

TEST(Rules, StandInTheDocumentAsTheyAre) {
  std::istringstream document(test::read_text(test::source_folder() / "docs/catalogue.md"));
  std::vector<std::string> written, known;
  for (std::string line; std::getline(document, line);)
    if (line.starts_with("| EP-C")) written.push_back(line);
  for (const Rule& rule : all_rules())
    known.push_back(
        fmt::format("| {} | {} | {} | {} |", rule.number, name_of(rule.severity), rule.name, rule.meaning));
  EXPECT_EQ(written, known);
}

TEST(Sarif, NamesRulesAndPlaces) {
  Findings findings{{Code::shared_file, {"AI/x y/meta.yml", 3, 7}, "text", "hint", {"x:1"}}};
  auto log = nlohmann::json::parse(to_sarif(findings, "1.2.3"));
  EXPECT_EQ(log["version"], "2.1.0");
  const auto& run = log["runs"][0];
  EXPECT_EQ(run["tool"]["driver"]["version"], "1.2.3");
  EXPECT_EQ(run["tool"]["driver"]["rules"].size(), all_rules().size());
  const auto& result = run["results"][0];
  EXPECT_EQ(result["ruleId"], "EP-C011");
  EXPECT_EQ(run["tool"]["driver"]["rules"][result["ruleIndex"].get<size_t>()]["id"], "EP-C011");
  EXPECT_EQ(result["level"], "warning");
  EXPECT_EQ(result["message"]["text"], "text (hint)");
  const auto& place = result["locations"][0]["physicalLocation"];
  EXPECT_EQ(place["artifactLocation"]["uri"], "AI/x%20y/meta.yml");
  EXPECT_EQ(place["region"]["startLine"], 3);
  EXPECT_EQ(place["region"]["startColumn"], 7);
}

}  // namespace
}  // namespace eulerpublisher::catalogue
