#include "cli/trial_settings.h"

#include <gtest/gtest.h>

#include "support/process.h"

namespace eulerpublisher::cli {
namespace {

namespace fs = std::filesystem;

class ScriptOfAnApplication : public testing::Test {
 protected:
  ScriptOfAnApplication() {
    for (const char* folder : {"own", "tests", "mine"}) fs::create_directory(folder_ / folder);
  }
  void put(const std::string& file) { test::write_text(folder_ / file, ". shunit2\n"); }
  std::vector<TestScript> scripts() {
    return trial_terms(options, "redis", "7-oe2403lts", {folder_ / "own", folder_ / "tests"}).value().scripts;
  }
  // The only one, seen from the folder.
  std::string script() {
    auto all = scripts();
    return all.size() == 1 ? all[0].file.lexically_relative(folder_.path()).string() : "?";
  }

  Options options;
  test::TempFolder folder_;
};

TEST_F(ScriptOfAnApplication, IsThatOfAPersonThenItsOwnThenTheCatalogues) {
  EXPECT_EQ(script(), "own/redis_test.sh") << "where it would be";
  EXPECT_FALSE(scripts()[0].demanded);
  put("tests/redis_test.sh");
  EXPECT_EQ(script(), "tests/redis_test.sh");
  put("own/redis_test.sh");
  EXPECT_EQ(script(), "own/redis_test.sh");
  options.scripts_folder = (folder_ / "mine").string();
  EXPECT_EQ(script(), "own/redis_test.sh") << "a person's folder that has none";
  put("mine/redis_test.sh");
  EXPECT_EQ(script(), "mine/redis_test.sh");
}

TEST_F(ScriptOfAnApplication, IsNotLookedForWhereAnotherIsNamed) {
  put("own/redis_test.sh");
  put("mine/other.sh");
  options.scripts = {(folder_ / "mine/other.sh").string()};
  EXPECT_EQ(script(), "mine/other.sh");
  EXPECT_TRUE(scripts()[0].demanded);
  options.scripts = {"none.sh"};
  EXPECT_FALSE(trial_terms(options, "redis", "7", {folder_ / "own"}).has_value());
}

TEST(TrialTerms, OfAnApplicationHaveItsNameAndTag) {
  auto terms = trial_terms({}, "redis", "7-oe2403lts", {"."}).value();
  EXPECT_EQ(terms.package, "redis");
  EXPECT_EQ(terms.tag, "7-oe2403lts");
}

}  // namespace
}  // namespace eulerpublisher::cli
