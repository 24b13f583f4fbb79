#include "catalogue/catalogue.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "catalogue/build_plan.h"
#include "support/file_tree.h"

namespace eulerpublisher::catalogue {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

struct Sample {
  explicit Sample(const test::FileTree& files) {
    test::write_tree(folder.path(), files);
    auto location = locate(folder.path());
    EXPECT_TRUE(location.has_value()) << location.error().text();
    auto read = read_catalogue(*location);
    EXPECT_TRUE(read.has_value()) << read.error().text();
    catalogue = std::move(*read);
  }

  // `AI/x/meta.yml:1:3 EP-C005`
  std::vector<std::string> seen() const {
    std::vector<std::string> all;
    for (const Finding& finding : catalogue.findings)
      all.push_back(fmt::format("{}:{}:{} {}", finding.place.file, finding.place.line, finding.place.column,
                                rule_of(finding.code).name));
    return all;
  }
  std::vector<std::string> publishable() const {
    std::vector<std::string> names;
    for (EntryId id : catalogue.all_entries())
      if (catalogue.entry(id).publishable) names.push_back(catalogue.name(id));
    return names;
  }
  const Entry& entry(const std::string& name, const std::string& tag) const {
    return catalogue.entry(catalogue.find(name, tag).value());
  }
  BuildPlan plan() const {
    auto ids = catalogue.all_entries();
    return make_build_plan(catalogue, {ids.begin(), ids.end()}, Policy::built_in()).value();
  }

  test::TempFolder folder;
  Catalogue catalogue;
};

// One image `x` of one scene, with this meta.yml and Dockerfiles at these paths in its folder.
test::FileTree image(const std::string& meta, const std::vector<std::string>& files,
                     const std::string& dockerfile = "FROM a\n") {
  test::FileTree tree{{"AI/image-list.yml", "images:\n  x: x\n"}, {"AI/x/meta.yml", meta}};
  for (const std::string& file : files) tree["AI/x/" + file] = dockerfile;
  return tree;
}

TEST(Catalogue, ReadsAllThreeFormsOfMetaYml) {
  Sample sample(
      image("1.0:\n  path: 1/Dockerfile\n  arch: x86_64\n3.10: 2/Dockerfile\n2e3: [3/Dockerfile]\n"
            "on: {path: 4/Dockerfile, arch: 'aarch64, loongarch64'}\n",
            {"1/Dockerfile", "2/Dockerfile", "3/Dockerfile", "4/Dockerfile"}));
  EXPECT_THAT(sample.seen(), IsEmpty());
  EXPECT_THAT(sample.publishable(), ElementsAre("x:1.0", "x:3.10", "x:2e3", "x:on"));
  EXPECT_THAT(sample.entry("x", "1.0").platforms, ElementsAre(*Platform::parse("amd64")));
  EXPECT_THAT(sample.entry("x", "3.10").platforms,
              ElementsAre(*Platform::parse("amd64"), *Platform::parse("arm64")));
  EXPECT_THAT(sample.entry("x", "on").platforms,
              ElementsAre(*Platform::parse("arm64"), *Platform::parse("loong64")));
  EXPECT_EQ(sample.entry("x", "2e3").file, "AI/x/3/Dockerfile");
  EXPECT_EQ(sample.entry("x", "2e3").context(), "AI/x/3");
}

TEST(Catalogue, LooksBelowTheImageThenTheCatalogueThenTheScene) {
  auto tree = image(
      "a: 1/Dockerfile\nb: AI/x/1/Dockerfile\nc: x/1/Dockerfile\nd: /1/Dockerfile\n"
      "e: /AI/x/1/Dockerfile\n",
      {"1/Dockerfile"});
  Sample sample(tree);
  for (const char* tag : {"a", "b", "c", "d"})
    EXPECT_EQ(sample.entry("x", tag).file, "AI/x/1/Dockerfile") << tag;
  EXPECT_THAT(sample.seen(), ElementsAre("AI/x/meta.yml:5:4 missing-file"));
  tree["AI/x/AI/x/1/Dockerfile"] = "FROM b\n";
  EXPECT_EQ(Sample(tree).entry("x", "b").file, "AI/x/AI/x/1/Dockerfile") << "the image's folder comes first";
}

TEST(Catalogue, LooksBelowTheParentOfAnImage) {
  Sample sample({{"AI/image-list.yml", "images:\n  y: k/y\n"},
                 {"AI/k/y/meta.yml", "a: y/1/Dockerfile\nb: k/y/1/Dockerfile\n"},
                 {"AI/k/y/1/Dockerfile", "FROM a\n"}});
  EXPECT_EQ(sample.entry("y", "a").file, "AI/k/y/1/Dockerfile");
  EXPECT_EQ(sample.entry("y", "b").file, "AI/k/y/1/Dockerfile");
}

TEST(Catalogue, LetsNoPathLeadOut) {
  Sample sample(image("a: ../../../Dockerfile\nb: ../x/1/Dockerfile\n", {"1/Dockerfile"}));
  EXPECT_THAT(sample.seen(), ElementsAre("AI/x/meta.yml:1:4 outside-path"));
  EXPECT_THAT(sample.publishable(), ElementsAre("x:b"));
}

TEST(Catalogue, FoldsNoCaseButGivesAHint) {
  Sample sample(image("a: 1.0/24.03-lts/Dockerfile\nb: 1.0/24.03-lst-sp1/Dockerfile\n",
                      {"1.0/24.03-LTS/Dockerfile", "1.0/24.03-lts-sp1/Dockerfile"}));
  ASSERT_EQ(sample.catalogue.findings.size(), 2u);
  EXPECT_EQ(sample.catalogue.findings[0].hint,
            "there is AI/x/1.0/24.03-LTS/Dockerfile, which differs only in case");
  EXPECT_EQ(sample.catalogue.findings[1].hint, "there is AI/x/1.0/24.03-lts-sp1/Dockerfile");
}

TEST(Catalogue, LetsABadEntrySpoilItselfOnly) {
  Sample sample(
      image("good: 1/Dockerfile\n"
            "bad:\n\tpath: 1/Dockerfile\n"
            "glued:\n  path:1/Dockerfile\n"
            "glued-arch:\n  path: 1/Dockerfile\n  arch:x86_64\n"
            "no-blank:1/Dockerfile\n"
            "indent:\n  path: 1/Dockerfile\n arch: x86_64\n"
            "fine:\n  path: 1/Dockerfile\n",
            {"1/Dockerfile"}));
  EXPECT_THAT(sample.publishable(), ElementsAre("x:good", "x:fine"));
  EXPECT_THAT(sample.seen(), ElementsAre("AI/x/meta.yml:3:1 not-yaml", "AI/x/meta.yml:9:1 not-yaml",
                                         "AI/x/meta.yml:12:2 not-yaml", "AI/x/meta.yml:5:3 not-yaml",
                                         "AI/x/meta.yml:8:3 not-yaml"));
}

TEST(Catalogue, PublishesNoneOfTwoEntriesWithOneTag) {
  Sample sample(
      image("a: 1/Dockerfile\nb: 1/Dockerfile\na: 2/Dockerfile\n", {"1/Dockerfile", "2/Dockerfile"}));
  EXPECT_THAT(sample.seen(), ElementsAre("AI/x/meta.yml:3:1 repeated-tag"));
  EXPECT_THAT(sample.publishable(), ElementsAre("x:b"));
}

TEST(Catalogue, TellsFormsThatAreNone) {
  auto seen = [](const std::string& meta) { return Sample(image(meta, {"1/Dockerfile"})).seen(); };
  EXPECT_THAT(seen(""), ElementsAre("AI/x/meta.yml:1:1 empty-meta"));
  EXPECT_THAT(seen("# nothing\n"), ElementsAre("AI/x/meta.yml:1:1 empty-meta"));
  EXPECT_THAT(seen("- a\n- b\n"), ElementsAre("AI/x/meta.yml:1:1 no-mapping"));
  EXPECT_THAT(seen("name: x\ntag: a\nfile: 1/Dockerfile\n"), ElementsAre("AI/x/meta.yml:1:1 record"));
  EXPECT_THAT(seen("a: [1/Dockerfile, 1/Dockerfile]\n"), ElementsAre("AI/x/meta.yml:1:4 wrong-entry"));
  EXPECT_THAT(seen("a:\n"), ElementsAre("AI/x/meta.yml:1:1 wrong-entry"));
  EXPECT_THAT(seen("a: {arch: x86_64}\n"), ElementsAre("AI/x/meta.yml:1:1 wrong-entry"));
  EXPECT_THAT(seen("a: {path: 1/Dockerfile, arhc: x86_64}\n"), ElementsAre("AI/x/meta.yml:1:25 wrong-entry"));
  EXPECT_THAT(seen("a: {path: 1/Dockerfile, arch: x87}\n"),
              ElementsAre("AI/x/meta.yml:1:31 wrong-architecture"));
  EXPECT_THAT(seen("velinux/1.0+x-oe2403sp3: 1/Dockerfile\n"), ElementsAre("AI/x/meta.yml:1:1 illegal-tag"));
  EXPECT_THAT(seen("latest: 1/Dockerfile\n"), ElementsAre("AI/x/meta.yml:1:1 latest-as-entry"));
}

TEST(Catalogue, ReadsTheImageListEntryByEntry) {
  auto tree = image("a: 1/Dockerfile\n", {"1/Dockerfile"});
  tree["AI/image-list.yml"] =
      "images:\n  x: x\n  glued:glued\n  X: x\n  x: /x/\n  y: x\n  y: z\n  gone: gone\n  none:\n  out: "
      "../../x";
  Sample sample(tree);
  EXPECT_THAT(sample.seen(),
              ElementsAre("AI/image-list.yml:3:3 not-yaml", "AI/image-list.yml:4:3 wrong-name",
                          "AI/image-list.yml:5:3 listed-twice", "AI/image-list.yml:7:3 listed-differently",
                          "AI/image-list.yml:9:3 wrong-list", "AI/image-list.yml:10:8 outside-path",
                          "AI/image-list.yml:8:3 listed-without-folder"));
  EXPECT_THAT(sample.publishable(), ElementsAre("x:a"));
}

TEST(Catalogue, TakesThePlatformsOfADistrofileFromIt) {
  auto tree = image("a: 1/Distrofile\nb: 2/Distrofile\n", {});
  tree["AI/x/1/Distrofile"] = "name: x\nsummary: `x` is not YAML\nplatforms:\n  - linux/amd64\nparts:\n- a\n";
  tree["AI/x/2/Distrofile"] = "name: x\n";
  Sample sample(tree);
  EXPECT_TRUE(sample.entry("x", "a").distroless);
  EXPECT_THAT(sample.entry("x", "a").platforms, ElementsAre(*Platform::parse("amd64")));
  EXPECT_THAT(sample.seen(), ElementsAre("AI/x/2/Distrofile:1:1 wrong-dockerfile"));
  EXPECT_THAT(sample.publishable(), ElementsAre("x:a"));
}

TEST(Catalogue, RefusesOneTagFromTwoScenes) {
  Sample sample({{"AI/image-list.yml", "images:\n  t: t\n"},
                 {"AI/t/meta.yml", "1.0: 1/Dockerfile\n2.0: 1/Dockerfile\n"},
                 {"AI/t/1/Dockerfile", "FROM a\n"},
                 {"HPC/image-list.yml", "images:\n  t: t\n"},
                 {"HPC/t/meta.yml", "1.0: 1/Dockerfile\n3.0: 1/Dockerfile\n"},
                 {"HPC/t/1/Dockerfile", "FROM b\n"}});
  EXPECT_THAT(sample.seen(), ElementsAre("HPC/t/meta.yml:1:1 repeated-tag"));
  EXPECT_THAT(sample.publishable(), ElementsAre("t:2.0", "t:3.0"));
  EXPECT_EQ(sample.plan().latest.at("t").winner, sample.catalogue.find("t", "3.0"));
}

TEST(Locate, FindsTheCatalogueAboveAnyPartOfIt) {
  test::TempFolder folder;
  test::write_tree(folder.path(), {{"c/AI/image-list.yml", "images:\n  x: k/x\n"},
                                   {"c/AI/k/x/meta.yml", "a: 1/Dockerfile\n"},
                                   {"single/meta.yml", "a: single/1/Dockerfile\n"},
                                   {"single/1/Dockerfile", "FROM a\n"},
                                   {"empty/file", ""}});
  auto root = std::filesystem::canonical(folder.path());
  for (const auto& [named, below] : std::map<std::string, std::string>{
           {"c", ""}, {"c/AI", "AI"}, {"c/AI/image-list.yml", "AI"}, {"c/AI/k/x/meta.yml", "AI/k/x"}}) {
    auto found = locate(folder / named);
    ASSERT_TRUE(found.has_value()) << found.error().text();
    EXPECT_EQ(found->root, root / "c") << named;
    EXPECT_EQ(found->below, below) << named;
  }
  auto single = locate(folder / "single/meta.yml");
  ASSERT_TRUE(single.has_value()) << single.error().text();
  auto catalogue = read_catalogue(*single);
  ASSERT_TRUE(catalogue.has_value());
  ASSERT_TRUE(catalogue->find("single", "a").has_value());
  EXPECT_TRUE(catalogue->entry(*catalogue->find("single", "a")).publishable);
  EXPECT_EQ(locate(folder / "empty").error().kind(), ErrorKind::not_found);
  EXPECT_EQ(locate(folder / "empty/file").error().kind(), ErrorKind::invalid);
  EXPECT_EQ(locate(folder / "nothing").error().kind(), ErrorKind::not_found);
}

TEST(BuildPlan, BuildsBasesFirstAndOneFileOnce) {
  auto tree = image("2: 2/Dockerfile\n1: 1/Dockerfile\n1-alias: 1/Dockerfile\n", {"1/Dockerfile"});
  tree["AI/x/2/Dockerfile"] =
      "FROM docker.io/openeuler/x:1-alias\nCOPY --from=openeuler/openeuler:24.03-lts / /\n";
  Sample sample(tree);
  BuildPlan plan = sample.plan();
  ASSERT_EQ(plan.builds.size(), 2u);
  EXPECT_EQ(plan.builds[0].id, "x_1");
  EXPECT_EQ(plan.builds[0].entries.size(), 2u);
  EXPECT_EQ(plan.builds[1].id, "x_2");
  EXPECT_THAT(plan.builds[1].needs, ElementsAre(0));
  EXPECT_EQ(plan.builds[1].platforms.size(), 2u);
  EXPECT_EQ(plan.builds[1].bases.size(), 4u);
  std::vector<std::string> tags;
  for (const TagMove& move : plan.moves) tags.push_back(fmt::format("{}>{}", move.tag.text(), move.build));
  EXPECT_THAT(tags, ElementsAre("1>0", "1-alias>0", "2>1", "latest>1"));
  EXPECT_THAT(plan.moves.back().because, HasSubstr("of 2 because it stands above 1-alias by"));
}

TEST(BuildPlan, NamesABuildTheSameWhateverElseIsChosen) {
  Sample sample({{"AI/image-list.yml", "images:\n  a_b: a_b\n  a: a\n"},
                 {"AI/a_b/meta.yml", "c: 1/Dockerfile\nd: 1/Dockerfile\n"},
                 {"AI/a_b/1/Dockerfile", "FROM a\n"},
                 {"AI/a/meta.yml", "b_c: 1/Dockerfile\n"},
                 {"AI/a/1/Dockerfile", "FROM a\n"}});
  auto id_of = [&](const char* name, const char* tag) {
    auto plan = make_build_plan(sample.catalogue, {*sample.catalogue.find(name, tag)}, Policy::built_in());
    return plan.value().builds.at(0).id;
  };
  EXPECT_EQ(id_of("a_b", "d"), id_of("a_b", "c"));
  EXPECT_NE(id_of("a_b", "c"), id_of("a", "b_c"));
  EXPECT_THAT(id_of("a_b", "c"), testing::StartsWith("a_b_c_"));
}

TEST(BuildPlan, MovesLatestOnlyWithTheEntryThatWon) {
  Sample sample(image("1: 1/Dockerfile\n2: 2/Dockerfile\n", {"1/Dockerfile", "2/Dockerfile"}));
  auto plan = make_build_plan(sample.catalogue, {*sample.catalogue.find("x", "1")}, Policy::built_in());
  ASSERT_TRUE(plan.has_value());
  ASSERT_EQ(plan->moves.size(), 1u);
  EXPECT_EQ(plan->latest_stays.at("x"), "it belongs to 2, which is not published here");
}

TEST(BuildPlan, RefusesACircle) {
  auto tree = image("a: a/Dockerfile\nb: b/Dockerfile\nc: c/Dockerfile\n", {"c/Dockerfile"});
  tree["AI/x/a/Dockerfile"] = "FROM openeuler/x:b\n";
  tree["AI/x/b/Dockerfile"] = "FROM openeuler/x:a\n";
  Sample sample(tree);
  auto ids = sample.catalogue.all_entries();
  auto plan = make_build_plan(sample.catalogue, {ids.begin(), ids.end()}, Policy::built_in());
  ASSERT_FALSE(plan.has_value());
  EXPECT_THAT(plan.error().text(), HasSubstr("x:a -> x:b -> x:a"));
}

TEST(Latest, FollowsThePolicyWhereItSaysSo) {
  Sample sample(
      image("1: 1/Dockerfile\n2: 2/Dockerfile\n3: 3/Dockerfile\n", {"1/Dockerfile", "2/Dockerfile"}));
  auto latest = [&](const std::string& yaml) {
    return choose_latest(sample.catalogue, Policy::parse(yaml, "p").value(), "x");
  };
  EXPECT_EQ(latest("images: {x: {latest: '1'}}").winner, sample.catalogue.find("x", "1"));
  EXPECT_TRUE(latest("images: {x: {latest: '1'}}").by_policy);
  EXPECT_EQ(latest("images: {x: {latest: '3'}}").because,
            "the policy gives `latest` of x to 3, which cannot be published");
  EXPECT_EQ(latest("images: {x: {latest: '4'}}").because,
            "the policy gives `latest` of x to 4, which the catalogue does not have");
  EXPECT_EQ(latest("images: {y: {latest: '1'}}").winner, sample.catalogue.find("x", "2"));
}

TEST(Latest, IsDecidedByOpenEulerThenArchitecturesThenPlace) {
  auto winner = [](const std::string& tags) {
    std::string meta;
    std::vector<std::string> files;
    std::istringstream words(tags);
    for (std::string tag; words >> tag;) {
      bool one = tag.ends_with("!");
      if (one) tag.pop_back();
      files.push_back(fmt::format("{}/Dockerfile", files.size()));
      meta += fmt::format("{}: {{path: {}{}}}\n", tag, files.back(), one ? ", arch: x86_64" : "");
    }
    Sample sample(image(meta, files));
    Latest latest = choose_latest(sample.catalogue, Policy::built_in(), "x");
    return sample.catalogue.entry(latest.winner.value()).tag;
  };
  EXPECT_EQ(winner("1.0-oe2403lts 1.0-oe2503 1.0-oe2203sp4"), "1.0-oe2403lts");
  EXPECT_EQ(winner("1.0-oe2403sp2 1.0-oe2403sp1 1.0-22.03-lts"), "1.0-oe2403sp2");
  EXPECT_EQ(winner("1.0-oe2403lts 1.0.0-oe2403lts!"), "1.0-oe2403lts");
  EXPECT_EQ(winner("1.0.0-oe2403lts 1.0-oe2403lts"), "1.0-oe2403lts");
  EXPECT_EQ(winner("2.0rc1-oe2403lts 1.0-oe2203lts"), "1.0-oe2203lts");
  EXPECT_EQ(
      winner("0.11.0rc0-torch_npu2.5.1-cann8.1.rc1-python3.10-oe2203lts 0.7.3-torch_npu2.5.1-oe2203lts"),
      "0.7.3-torch_npu2.5.1-oe2203lts");
}

TEST(Latest, DoubtsWhereVersionsAreOfDifferentKinds) {
  auto doubts = [](const std::string& meta) {
    Sample sample(image(meta, {"1/Dockerfile"}));
    return choose_latest(sample.catalogue, Policy::built_in(), "x").doubts;
  };
  EXPECT_THAT(doubts("5.26.7-oe2403lts: 1/Dockerfile\n2025.07.0-oe2403lts: 1/Dockerfile\n"),
              ElementsAre("years stand beside small numbers: 2025.07.0-oe2403lts and 5.26.7-oe2403lts"));
  EXPECT_THAT(doubts("3b0ff80: 1/Dockerfile\n20180223: 1/Dockerfile\n1.0: 1/Dockerfile\n"),
              ElementsAre("its tags mix commits and dates and version numbers"));
  EXPECT_THAT(doubts("1.0: 1/Dockerfile\n2.0: 1/Dockerfile\n"), IsEmpty());
}

}  // namespace
}  // namespace eulerpublisher::catalogue
