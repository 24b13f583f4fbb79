// Real rpm databases in images that are published and checked.

#include "cli/publishing.h"
#include "support/browser.h"
#include "support/checked_image.h"
#include "support/rpm_database.h"

namespace eulerpublisher {
namespace {

using nlohmann::json;
using test::DatabaseKind;
using test::Ran;
using test::RpmDatabase;
using testing::HasSubstr;
using testing::IsEmpty;

class Packages : public Publishing {
 protected:
  using Versions = std::map<std::string, std::string>;
  static Versions base() { return test::base_packages(); }

  void SetUp() override {
    Publishing::SetUp();
    if (!RpmDatabase::can_make(DatabaseKind::sqlite))
      GTEST_SKIP() << "SKIPPED: rpm and rpmbuild are not both installed";
  }

  // An archive whose root file system has this file beside the clean ones.
  void put(const std::string& architecture, const std::string& path, const std::string& content,
           const std::string& index = "docker_img") {
    Platform platform = test::platform_of(architecture);
    test::ArchiveRecipe recipe = test::small_archive(platform);
    recipe.layers = {test::clean_root(platform)};
    recipe.layers[0].push_back({.path = path, .content = content});
    if (index != "docker_img") recipe.created = "2024-07-01T10:00:00Z";
    site.put(architecture, test::make_archive(recipe), test::sp1, index);
  }

  // What the tag named before is found by itself, and shown.
  void expect_page_of_comparison() {
    std::string page = (machine / "report.html").string();
    Ran ran = machine.run(words("check", {oci()}, {"--html", page, "--json"}));
    ASSERT_EQ(ran.status, 0) << test::told(ran);
    json comparison = json::parse(ran.out)[0]["comparison"];
    ASSERT_TRUE(comparison.is_object()) << ran.out;
    EXPECT_THAT(comparison.dump(), HasSubstr(R"("package":"coreutils")"));
    EXPECT_THAT(ran.err, HasSubstr("packages: 0 added, 1 removed, 1 in another version"));
    if (!test::Browser::is_here()) {
      std::cout << "SKIPPED: chromium is not installed\n";
      return;
    }
    auto browser = test::Browser::start();
    ASSERT_TRUE(browser.has_value()) << browser.error().text();
    for (int width : {400, 1400}) {
      Done opened = (*browser)->open(page, {.width = width});
      ASSERT_TRUE(opened.has_value()) << opened.error().text();
      EXPECT_THAT(*(*browser)->complaints(), IsEmpty());
      EXPECT_THAT(*test::hard_to_read(**browser), IsEmpty()) << width;
      auto tables = *test::tables_in(**browser);
      // Findings and all checks; amounts and packages of each platform, at least; then what is installed.
      ASSERT_GE(tables.size(), 8u);
      for (size_t i : {2, 3}) {
        EXPECT_GE(tables[i].rows, 2u) << i;
        EXPECT_EQ(tables[i].empty_cells, 0u) << i;
      }
      std::string text = (*browser)->evaluate("document.body.innerText").value();
      for (const char* words : {"What became different on linux/amd64", "coreutils", "9.4-5.oe2403sp1",
                                "removed", "another version", "2.38-48.oe2403sp1"})
        EXPECT_THAT(text, HasSubstr(words)) << width;
    }
  }

  json checked(const Ran& ran) {
    json checks;
    json receipt = json_of(ran);
    for (const json& check : receipt["registries"][0]["checks"])
      checks[check["check"].get<std::string>()] = check;
    return checks;
  }
};

TEST_F(Packages, AreReadOfEveryKindOfDatabase) {
  RpmDatabase intel(base(), "x86_64", true), arm(base(), "aarch64", true);
  int day = 1;
  for (DatabaseKind kind : {DatabaseKind::sqlite, DatabaseKind::ndb, DatabaseKind::berkeley}) {
    std::string path = RpmDatabase::path_of(kind);
    if (!RpmDatabase::can_make(kind)) {
      std::cout << "SKIPPED: " << path << ": sqlite3 and db5.3_load are not both installed\n";
      continue;
    }
    SCOPED_TRACE(path);
    std::string index = "docker_img/update/2024-07-0" + std::to_string(day++);
    put("amd64", path, intel.bytes(kind), index);
    put("arm64", path, arm.bytes(kind), index);
    Ran ran = publish({oci(std::to_string(day))}, {"-i", index, "--json"});
    expect_success(ran);
    json checks = checked(ran);
    for (const char* name : {"rpm-database", "packages", "signatures", "package-architectures"})
      EXPECT_EQ(checks[name]["outcome"], "passed") << checks[name];
  }
}

TEST_F(Packages, OfAnotherArchitectureKeepEveryTagWhereItWas) {
  RpmDatabase intel(base(), "x86_64");
  std::string path = RpmDatabase::path_of(DatabaseKind::sqlite), bytes = intel.bytes(DatabaseKind::sqlite);
  put("amd64", path, bytes);
  put("arm64", path, bytes);
  Ran ran = publish({oci()}, {"--json"});
  EXPECT_EQ(ran.status, 4) << test::told(ran);
  expect_nothing_visible(layout());
  json checks = checked(ran);
  EXPECT_EQ(checks["package-architectures"]["findings"].size(), 5u);
  EXPECT_THAT(checks["package-architectures"].dump(),
              HasSubstr("bash-5.2.15-9.oe2403sp1 is a package for x86_64"));
  EXPECT_THAT(checks["signatures"].dump(), HasSubstr("not signed: bash-5.2.15-9.oe2403sp1 and 4 more"));
}

TEST_F(Packages, ThatCannotBeReadAreAFindingAndNothingWorse) {
  std::string path = RpmDatabase::path_of(DatabaseKind::sqlite);
  std::string bytes = RpmDatabase(base(), "x86_64").bytes(DatabaseKind::sqlite);
  put("amd64", path, "SQLite format 3" + std::string(5000, '\0'));
  put("arm64", path, bytes.substr(0, 9000));
  Ran ran = publish({oci()}, {"--json"});
  expect_success(ran);
  json checks = checked(ran);
  EXPECT_EQ(checks["rpm-database"]["findings"].size(), 2u);
  EXPECT_THAT(checks["rpm-database"].dump(), HasSubstr("/var/lib/rpm cannot be read: "));
  EXPECT_EQ(checks["packages"]["outcome"], "not run");
  EXPECT_EQ(checks["packages"]["note"], "linux/amd64: its rpm database cannot be read");
}

TEST_F(Packages, AreComparedWithThoseBefore) {
  Versions less = base();
  less.erase("coreutils");
  less["glibc"] = "2.38-48.oe2403sp1";
  std::string path = RpmDatabase::path_of(DatabaseKind::sqlite);
  for (auto& [index, versions] :
       std::map<std::string, Versions>{{"docker_img", base()}, {"docker_img/update/2024-07-01", less}}) {
    put("amd64", path, RpmDatabase(versions, "x86_64").bytes(DatabaseKind::sqlite), index);
    put("arm64", path, RpmDatabase(versions, "aarch64").bytes(DatabaseKind::sqlite), index);
  }
  expect_success(publish({oci()}));
  expect_success(publish({oci("before")}));
  Ran ran = publish({oci()}, {"-i", "docker_img/update/2024-07-01", "--json"});
  expect_success(ran);
  json checks = checked(ran);
  EXPECT_THAT(checks["packages"].dump(), HasSubstr("the package coreutils is not installed"));
  EXPECT_THAT(checks["packages-lost"].dump(), HasSubstr("coreutils-9.4-5.oe2403sp1 is not there any more"));
  Ran diff =
      machine.run({"container", "check", "--diff", oci("before") + ":" + own_tag, oci() + ":" + own_tag});
  expect_success(diff);
  EXPECT_THAT(diff.err, HasSubstr("glibc"));
  EXPECT_THAT(diff.err, HasSubstr("2.38-47.oe2403sp1  2.38-48.oe2403sp1"));
  expect_page_of_comparison();
}

}  // namespace
}  // namespace eulerpublisher
