#include "sync/decide.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace eulerpublisher::sync {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using namespace std::chrono_literals;

Digest digest(char letter) { return *Digest::sha256(std::string(64, letter)); }
Platform platform(const char* name) { return *Platform::parse(name); }
Version version(const std::string& text) { return *Version::parse(text); }
ReleaseIndex update(const std::string& date) { return *ReleaseIndex::parse("docker_img/update/" + date); }

Content content(const std::string& name, const std::string& date, char archives) {
  Content content;
  content.version = version(name);
  content.update_date = date;
  content.first_release = date.empty();
  content.recipe = "v1";
  content.platforms = {platform("amd64"), platform("arm64")};
  for (const Platform& each : content.platforms) content.archives.emplace(each, digest(archives));
  return content;
}

// A version as the source offers it and two registries hold it.
VersionView view(const std::string& name, const std::string& date, char archives) {
  VersionView view{version(name), true, {}, {}, content(name, date, archives), {}, {}, {}};
  Release release;
  for (const char* each : {"amd64", "arm64"})
    release.archives.push_back(
        {platform(each), "https://repo.example/" + name, digest(archives), "https://repo.example"});
  view.offer.newest = Offered{date.empty() ? ReleaseIndex::first() : update(date), release};
  view.tags = {{version(name).tag(), false, "its own tag"}};
  for (const char* registry : {"a.example", "b.example"}) view.held.push_back({registry, {std::nullopt}, ""});
  return view;
}

void hold(VersionView& view, size_t registry, const Content& content) {
  view.held[registry].seen = {Seen{digest('9'), content}};
}

struct DecideTest : testing::Test {
  std::vector<VersionView> views;
  Attempts attempts;
  NotYetSince since;
  SyncRules rules;
  Instant now = std::chrono::system_clock::from_time_t(1'717'236'000);

  Decision decision() { return decide(views, attempts, since, now, rules); }
  std::vector<std::string> tasks() {
    std::vector<std::string> all;
    for (const Task& task : decision().tasks) {
      std::string text = task.version.text() + " " + task.index.text() + " to";
      for (const std::string& registry : task.registries) text += " " + registry;
      all.push_back(text);
    }
    return all;
  }
  std::vector<std::string> remarks() {
    std::vector<std::string> all;
    for (const Remark& remark : decision().remarks)
      all.push_back(fmt::format("{} {}: {}", remark.version.text(), name_of(remark.kind), remark.text));
    return all;
  }
};

TEST_F(DecideTest, NothingIsDoneWhereEverythingAgrees) {
  views = {view("24.03-LTS", "2024-06-01", 'a')};
  for (size_t registry : {0, 1}) hold(views[0], registry, content("24.03-LTS", "2024-06-01", 'a'));
  EXPECT_THAT(tasks(), IsEmpty());
  EXPECT_THAT(remarks(), IsEmpty());
  EXPECT_THAT(decision().agreement.at(version("24.03-LTS")),
              ElementsAre(Agreement::agreed, Agreement::agreed));
}

TEST_F(DecideTest, TheOldestComesFirst) {
  views = {view("24.03-LTS-SP1", "2025-06-10", 'a'), view("24.03-LTS", "2024-06-01", 'b'),
           view("22.03-LTS", "2024-06-01", 'c'), view("24.09", "", 'd')};
  EXPECT_THAT(tasks(), ElementsAre("24.09 docker_img to a.example b.example",
                                   "22.03-LTS docker_img/update/2024-06-01 to a.example b.example",
                                   "24.03-LTS docker_img/update/2024-06-01 to a.example b.example",
                                   "24.03-LTS-SP1 docker_img/update/2025-06-10 to a.example b.example"));
}

TEST_F(DecideTest, OnlyTheRegistryThatLacksItIsServedAndTheOtherMayLend) {
  views = {view("24.03-LTS", "2024-06-01", 'b')};
  hold(views[0], 0, content("24.03-LTS", "2024-05-01", 'a'));
  hold(views[0], 1, content("24.03-LTS", "2024-06-01", 'b'));
  EXPECT_THAT(tasks(), ElementsAre("24.03-LTS docker_img/update/2024-06-01 to a.example"));
  EXPECT_THAT(decision().tasks[0].destinations, ElementsAre("a.example", "b.example"));
  EXPECT_THAT(decision().tasks[0].because,
              HasSubstr("replaces the image of 2024-05-01 by that of 2024-06-01"));
  EXPECT_THAT(decision().agreement.at(version("24.03-LTS")),
              ElementsAre(Agreement::behind, Agreement::agreed));
}

TEST_F(DecideTest, TheSameDayWithOtherChecksumsIsPublishedAgain) {
  views = {view("24.03-LTS", "2024-06-01", 'b')};
  for (size_t registry : {0, 1}) hold(views[0], registry, content("24.03-LTS", "2024-06-01", 'a'));
  EXPECT_EQ(tasks().size(), 1u);
}

TEST_F(DecideTest, ATagNeverGoesBackToAnOlderUpdate) {
  views = {view("24.03-LTS", "2024-05-01", 'a')};
  for (size_t registry : {0, 1}) hold(views[0], registry, content("24.03-LTS", "2024-06-01", 'b'));
  EXPECT_THAT(tasks(), IsEmpty());
  EXPECT_THAT(remarks(),
              ElementsAre(HasSubstr("held back: a.example: "), HasSubstr("held back: b.example: ")));
  EXPECT_THAT(decision().agreement.at(version("24.03-LTS")),
              ElementsAre(Agreement::different, Agreement::different));
}

TEST_F(DecideTest, WhereTheOwnTagMustStayOtherRegistriesAreServedAllTheSame) {
  views = {view("24.03-LTS", "2024-05-01", 'a')};
  hold(views[0], 0, content("24.03-LTS", "2024-06-01", 'b'));
  EXPECT_THAT(tasks(), ElementsAre("24.03-LTS docker_img/update/2024-05-01 to b.example"));
  EXPECT_THAT(decision().tasks[0].destinations, ElementsAre("b.example"));
}

TEST_F(DecideTest, ASpecialTagThatMustStayDoesNotHoldBackTheOwnTag) {
  views = {view("22.03-LTS", "", 'a')};
  views[0].tags.push_back({*Tag::parse("latest"), true, "the policy says so"});
  for (Held& held : views[0].held)
    held.seen = {std::nullopt, Seen{digest('8'), content("24.03-LTS", "", 'b')}};
  ASSERT_EQ(tasks().size(), 1u);
  ASSERT_EQ(decision().tasks[0].tags.size(), 1u);
  EXPECT_EQ(decision().tasks[0].tags[0].tag.text(), "22.03-lts");
  EXPECT_EQ(remarks().size(), 2u);
}

TEST_F(DecideTest, ARegistryThatIsDownStopsNoOther) {
  views = {view("24.03-LTS", "2024-06-01", 'b')};
  views[0].held[0].problem = "connection refused";
  EXPECT_THAT(tasks(), ElementsAre("24.03-LTS docker_img/update/2024-06-01 to b.example"));
  EXPECT_THAT(decision().tasks[0].destinations, ElementsAre("b.example"));
  EXPECT_THAT(decision().agreement.at(version("24.03-LTS")),
              ElementsAre(Agreement::unknown, Agreement::absent));
}

TEST_F(DecideTest, AVersionThatCouldNotBeReadStopsNoOther) {
  views = {view("22.03-LTS", "", 'a'), view("24.03-LTS", "2024-06-01", 'b')};
  views[0].offer = {};
  views[0].offer.problem = unavailable("503");
  views[0].content.reset();
  EXPECT_THAT(tasks(), ElementsAre("24.03-LTS docker_img/update/2024-06-01 to a.example b.example"));
  EXPECT_THAT(remarks(), ElementsAre("22.03-LTS problem: 503"));
}

TEST_F(DecideTest, AnIncompleteDirectoryIsReportedOnceItIsOverdue) {
  views = {view("24.03-LTS", "2024-05-01", 'a')};
  for (size_t registry : {0, 1}) hold(views[0], registry, content("24.03-LTS", "2024-05-01", 'a'));
  views[0].offer.not_yet.push_back({update("2024-06-01"), "there is no amd64"});
  since[key_of(version("24.03-LTS"), update("2024-06-01"))] = now - 5h;
  EXPECT_THAT(
      remarks(),
      ElementsAre("24.03-LTS not yet: docker_img/update/2024-06-01 is not whole yet: there is no amd64"));
  now += 2h;
  EXPECT_THAT(remarks(),
              ElementsAre("24.03-LTS overdue: docker_img/update/2024-06-01 has not been whole for more "
                          "than 6h: there is no amd64"));
  EXPECT_THAT(tasks(), IsEmpty());
}

TEST_F(DecideTest, WhatFailedWaitsAndIsGivenUpLoudly) {
  views = {view("24.03-LTS", "2024-06-01", 'b')};
  Task task = decision().tasks.at(0);
  attempts[task.key] = after_failure(nullptr, task.what, "", denied("403"), now, rules);
  EXPECT_THAT(tasks(), IsEmpty());
  EXPECT_THAT(remarks(), ElementsAre(HasSubstr("later: a.example, b.example failed 1 times")));
  now += rules.first_wait;
  EXPECT_EQ(tasks().size(), 1u);
  while (!attempts[task.key].given_up)
    attempts[task.key] = after_failure(&attempts[task.key], task.what, "", denied("403"), now, rules);
  EXPECT_THAT(tasks(), IsEmpty());
  EXPECT_THAT(remarks(), ElementsAre(HasSubstr("given up after 8 failures")));
  views = {view("24.03-LTS", "2024-06-01", 'c')};
  EXPECT_EQ(tasks().size(), 1u) << "other archives are a new beginning";
}

TEST_F(DecideTest, AVersionThatThePolicyDoesNotKnowIsPublishedAndReported) {
  views = {view("25.03", "", 'a')};
  views[0].in_policy = false;
  EXPECT_EQ(tasks().size(), 1u);
  EXPECT_THAT(remarks(), ElementsAre(HasSubstr("25.03 unknown version: ")));
}

TEST_F(DecideTest, AnOlderUpdateWithoutItsTagComesBeforeTheNewest) {
  views = {view("24.03-LTS", "2024-06-01", 'b')};
  Offered older = *views[0].offer.newest;
  older.index = update("2024-05-01");
  views[0].dated = {
      {older, {*Tag::parse("24.03-lts-20240501"), false, "a tag of its own", true}, {"b.example"}}};
  EXPECT_THAT(tasks(), ElementsAre("24.03-LTS docker_img/update/2024-05-01 to b.example",
                                   "24.03-LTS docker_img/update/2024-06-01 to a.example b.example"));
}

}  // namespace
}  // namespace eulerpublisher::sync
