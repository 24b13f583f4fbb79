#include "policy/plan.h"

#include <gtest/gtest.h>

namespace eulerpublisher {
namespace {

Tag tag(std::string_view text) { return *Tag::parse(text); }
Digest digest(char c) { return *Digest::sha256(std::string(64, c)); }
Platform platform(std::string_view text) { return *Platform::parse(text); }

// An image of amd64 and arm64 with a date; the archives of the same letter are the same.
Content content(std::string_view version, std::string created, char archives = 'a') {
  Content content;
  content.version = *Version::parse(version);
  content.created = std::move(created);
  content.recipe = "v1";
  content.platforms = {platform("amd64"), platform("arm64")};
  for (const Platform& each : content.platforms) content.archives.emplace(each, digest(archives));
  return content;
}

// One tag, what is wanted and what is seen; and the plan for it.
struct Case {
  Content wanted = content("24.03-LTS-SP1", "2025-06-10T08:00:00Z", 'b');
  Content seen = content("24.03-LTS-SP1", "2025-01-01T08:00:00Z", 'a');
  std::optional<Digest> made = digest('2');
  PlanOptions options;

  Plan plan() const {
    return make_plan("openeuler/openeuler", {{tag("24.03-lts-sp1"), "its own tag", made, wanted}},
                     {Seen{digest('1'), seen}}, options);
  }
  // Why it moves; empty when it does not.
  std::string moved() const {
    Plan made_plan = plan();
    EXPECT_LE(made_plan.moves.size(), 1u);
    return made_plan.moves.empty() ? "" : made_plan.moves[0].because;
  }
  std::string refused() const {
    Plan made_plan = plan();
    EXPECT_LE(made_plan.refused.size(), 1u);
    return made_plan.refused.empty() ? "" : made_plan.refused[0].because;
  }
  bool up_to_date() const { return plan().up_to_date.size() == 1; }
};

TEST(MakePlan, MakesATagThatIsNotThere) {
  Plan plan = make_plan("openeuler/openeuler", {{tag("24.03"), "the policy says so", digest('2'), {}}},
                        {std::nullopt}, {});
  EXPECT_EQ(plan.repository, "openeuler/openeuler");
  ASSERT_EQ(plan.moves.size(), 1u);
  EXPECT_EQ(plan.moves[0].tag.text(), "24.03");
  EXPECT_FALSE(plan.moves[0].from.has_value());
  EXPECT_EQ(plan.moves[0].to, digest('2'));
  EXPECT_EQ(plan.moves[0].because, "the policy says so; the tag is new");
}

TEST(MakePlan, NeverMovesAFixedTagThatExists) {
  Case other;
  Wanted fixed{tag("24.03-lts-sp1-20250610"), "each update has its tag", digest('2'), other.wanted, true};
  Plan there = make_plan("openeuler/openeuler", {fixed}, {Seen{digest('1'), other.seen}}, {});
  EXPECT_TRUE(there.moves.empty());
  EXPECT_EQ(there.up_to_date.size(), 1u);
  Plan absent = make_plan("openeuler/openeuler", {fixed}, {std::nullopt}, {});
  EXPECT_EQ(absent.moves.size(), 1u);
}

TEST(MakePlan, MovesATagForwardToANewerImage) {
  Case forward;
  Plan plan = forward.plan();
  ASSERT_EQ(plan.moves.size(), 1u);
  EXPECT_EQ(plan.moves[0].from, digest('1'));
  EXPECT_EQ(plan.moves[0].to, digest('2'));
  EXPECT_EQ(plan.moves[0].because, "its own tag; replaces the image of 2025-01-01 by that of 2025-06-10");
}

TEST(MakePlan, KeepsTheOrderOfTheTags) {
  Content any = content("24.03-LTS-SP1", "2025-06-10T08:00:00Z");
  Plan plan = make_plan(
      "r", {{tag("24.03-lts-sp1"), "", {}, any}, {tag("24.03"), "", {}, any}, {tag("latest"), "", {}, any}},
      {std::nullopt, std::nullopt, std::nullopt}, {});
  ASSERT_EQ(plan.moves.size(), 3u);
  EXPECT_EQ(plan.moves[0].tag.text(), "24.03-lts-sp1");
  EXPECT_EQ(plan.moves[2].tag.text(), "latest");
  EXPECT_FALSE(plan.moves[2].to.has_value());
}

TEST(MakePlan, LeavesATagThatNamesTheWantedDigest) {
  Case same;
  same.made = digest('1');
  EXPECT_TRUE(same.up_to_date());
}

TEST(MakePlan, LeavesATagWhoseImageIsMadeOfTheSameArchivesByTheSameRecipe) {
  Case same;
  same.wanted = same.seen;
  same.made.reset();
  EXPECT_TRUE(same.up_to_date());
}

TEST(MakePlan, TakesArm64AndArm64V8ForTheSamePlatform) {
  Case same;
  same.wanted = same.seen;
  same.seen.platforms = {platform("linux/arm64/v8"), platform("amd64")};
  EXPECT_TRUE(same.up_to_date());
}

TEST(MakePlan, MovesWhenOneArchiveIsAnother) {
  Case changed;
  changed.wanted = changed.seen;
  changed.wanted.archives.insert_or_assign(platform("arm64"), digest('c'));
  EXPECT_EQ(changed.moved(), "its own tag; replaces another image of 2025-01-01T08:00:00Z");
}

TEST(MakePlan, MovesWhenAnArchiveIsNotKnownYet) {
  Case partly;
  partly.wanted = partly.seen;
  partly.wanted.archives.erase(platform("arm64"));
  EXPECT_FALSE(partly.up_to_date());
  EXPECT_FALSE(partly.moved().empty());
}

TEST(MakePlan, MovesWhenTheRecipeIsAnother) {
  Case recipe;
  recipe.wanted = recipe.seen;
  recipe.wanted.recipe = "v2";
  EXPECT_EQ(recipe.moved(), "its own tag; replaces an image of the same archives, made by another recipe");
}

TEST(MakePlan, MovesWhenAPlatformIsAdded) {
  Case more;
  more.wanted = more.seen;
  more.wanted.platforms.push_back(platform("loong64"));
  more.wanted.archives.emplace(platform("loong64"), digest('a'));
  EXPECT_EQ(more.moved(), "its own tag; adds linux/loong64");
}

TEST(MakePlan, RefusesAnOlderImageOfTheSameVersion) {
  Case older;
  std::swap(older.wanted, older.seen);
  EXPECT_EQ(older.refused(),
            "24.03-lts-sp1 names an image of 2025-06-10, newer than 2025-01-01; --allow-older lifts this");
  EXPECT_TRUE(older.plan().moves.empty());
}

TEST(MakePlan, TellsTheTimeWhenTheDayIsTheSame) {
  Case older;
  older.wanted.created = "2025-06-10T08:00:00Z";
  older.seen.created = "2025-06-10T17:30:00+08:00";
  EXPECT_EQ(
      older.refused(),
      "24.03-lts-sp1 names an image of 2025-06-10T09:30:00Z, newer than 2025-06-10T08:00:00Z; --allow-older "
      "lifts this");
}

TEST(MakePlan, AnOlderImageMayBeAllowed) {
  Case older;
  std::swap(older.wanted, older.seen);
  older.options.allow_older = true;
  EXPECT_EQ(older.moved(), "its own tag; replaces the image of 2025-06-10 by that of 2025-01-01");
}

TEST(MakePlan, GoesByTheUpdatesDateWhenTheArchiveHasNotBeenRead) {
  Case older;
  older.wanted.created.clear();
  older.wanted.update_date = "2025-01-01";
  older.seen.update_date = "2025-06-10";
  EXPECT_EQ(older.refused(),
            "24.03-lts-sp1 names an image of 2025-06-10, newer than 2025-01-01; --allow-older lifts this");
  std::swap(older.wanted.update_date, older.seen.update_date);
  EXPECT_EQ(older.moved(), "its own tag; replaces the image of 2025-01-01 by that of 2025-06-10");
}

TEST(MakePlan, TheFirstReleaseIsOlderThanEveryUpdate) {
  Case first;
  first.wanted.created.clear();
  first.wanted.first_release = true;
  first.seen.update_date = "2025-06-10";
  EXPECT_EQ(
      first.refused(),
      "24.03-lts-sp1 names an image of 2025-06-10, newer than the first release; --allow-older lifts this");
}

TEST(MakePlan, AnUpdateOfTheSameDayMayReplaceTheOther) {
  Case again;
  again.wanted.created.clear();
  again.wanted.update_date = again.seen.update_date = "2025-06-10";
  EXPECT_EQ(again.moved(), "its own tag; replaces another image of 2025-06-10");
}

TEST(MakePlan, SaysThatTheAgeIsNotKnownYet) {
  Case current;
  current.wanted.created.clear();
  EXPECT_EQ(current.moved(),
            "its own tag; replaces another image of this version; which is newer is known when the archives "
            "have been "
            "read");
}

TEST(MakePlan, RefusesALowerVersionUnderASpecialTag) {
  Content lower = content("24.03-LTS-SP1", "2025-06-10T08:00:00Z", 'b');
  Content higher = content("24.03-LTS-SP2", "2025-01-01T08:00:00Z", 'a');
  Plan plan = make_plan("r", {{tag("24.03"), "", digest('2'), lower}}, {Seen{digest('1'), higher}}, {});
  ASSERT_EQ(plan.refused.size(), 1u);
  EXPECT_EQ(plan.refused[0].because,
            "24.03 names 24.03-LTS-SP2, a higher version than 24.03-LTS-SP1; --allow-older lifts this");
}

TEST(MakePlan, MovesASpecialTagToAHigherVersionWhateverTheDates) {
  Case up;
  up.wanted = content("24.03-LTS-SP2", "2025-01-01T08:00:00Z", 'b');
  up.seen = content("24.03-LTS-SP1", "2025-06-10T08:00:00Z", 'a');
  EXPECT_EQ(up.moved(), "its own tag; replaces 24.03-LTS-SP1");
}

TEST(MakePlan, ReplacesAnImageWithoutAnnotationsAndSaysSo) {
  Case foreign;
  foreign.seen = Content{};
  foreign.seen.platforms = {platform("amd64")};
  EXPECT_EQ(foreign.moved(),
            "its own tag; replaces an image without our annotations, whose age cannot be told");
}

TEST(MakePlan, RefusesToLoseAPlatform) {
  Case fewer;
  fewer.wanted.platforms.pop_back();
  EXPECT_EQ(fewer.refused(),
            "24.03-lts-sp1 has linux/arm64, which would be lost; --allow-fewer-platforms lifts this");
}

TEST(MakePlan, RefusesToLoseAPlatformOfAnImageWithoutAnnotationsToo) {
  Case fewer;
  fewer.seen = Content{};
  fewer.seen.platforms = {platform("amd64"), platform("riscv64")};
  EXPECT_EQ(fewer.refused(),
            "24.03-lts-sp1 has linux/riscv64, which would be lost; --allow-fewer-platforms lifts this");
}

TEST(MakePlan, FewerPlatformsMayBeAllowed) {
  Case fewer;
  fewer.wanted.platforms.pop_back();
  fewer.options.allow_fewer_platforms = true;
  EXPECT_FALSE(fewer.moved().empty());
}

TEST(MakePlan, FewerPlatformsOfTheSameArchivesAreNotUpToDate) {
  Case fewer;
  fewer.wanted = fewer.seen;
  fewer.wanted.platforms.pop_back();
  fewer.wanted.archives.erase(platform("arm64"));
  EXPECT_FALSE(fewer.up_to_date());
  EXPECT_FALSE(fewer.refused().empty());
}

TEST(MakePlan, AnAttestationIsNoPlatformThatCouldBeLost) {
  Case attested;
  attested.seen.platforms.push_back({"unknown", "unknown", ""});
  EXPECT_FALSE(attested.moved().empty());
}

TEST(MakePlan, TellsEveryReasonWhenThereAreTwo) {
  Case both;
  std::swap(both.wanted, both.seen);
  both.wanted.platforms.pop_back();
  EXPECT_EQ(both.refused(),
            "24.03-lts-sp1 names an image of 2025-06-10, newer than 2025-01-01; --allow-older lifts this; "
            "24.03-lts-sp1 has linux/arm64, which would be lost; --allow-fewer-platforms lifts this");
  both.options.allow_older = true;
  EXPECT_EQ(both.refused(),
            "24.03-lts-sp1 has linux/arm64, which would be lost; --allow-fewer-platforms lifts this");
}

TEST(MakePlan, AnotherImageOfNoVersionIsReplaced) {
  Case application;
  application.wanted.version.reset();
  application.seen.version.reset();
  EXPECT_EQ(application.moved(), "its own tag; replaces another image");
}

TEST(MakePlan, GoesByTheIdentityOfAnApplicationImage) {
  Case application;
  application.wanted = application.seen = {};
  application.wanted.platforms = application.seen.platforms = {platform("amd64")};
  application.wanted.identity = application.seen.identity = "sha256:1";
  EXPECT_TRUE(application.up_to_date());
  application.seen.identity = "sha256:2";
  EXPECT_EQ(application.moved(), "its own tag; replaces an image made from something else");
  application.seen.identity = "";
  EXPECT_EQ(application.moved(), "its own tag; replaces another image");
  application.seen.identity = "sha256:1";
  application.wanted.platforms.push_back(platform("arm64"));
  EXPECT_EQ(application.moved(), "its own tag; replaces an image made from the same");
}

TEST(MakePlan, RefusesATagNobodyHasLookedAt) {
  Plan plan = make_plan("r", {{tag("24.03"), "", digest('2'), {}}}, {}, {});
  ASSERT_EQ(plan.refused.size(), 1u);
  EXPECT_EQ(plan.refused[0].because, "nobody has looked what 24.03 names today");
}

}  // namespace
}  // namespace eulerpublisher
