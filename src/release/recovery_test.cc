#include "release/recovery.h"

#include <nlohmann/json.hpp>

#include "release/moves_journal.h"
#include "release/rollback.h"
#include "support/process.h"
#include "support/tagged_registries.h"

namespace eulerpublisher {
namespace {

using State = MoveOutcome::State;
using test::image;
using test::tag;

// A journal as a run leaves it that was killed after `moved` moves.
class RecoveryTest : public test::TaggedRegistries {
 protected:
  void kill_after(size_t moves, bool best_effort = false) {
    release = *journal->begin("publish", "24.03-LTS-SP1", "a/openeuler\nb/openeuler", best_effort);
    ASSERT_TRUE(MovesJournal(journal.get(), release).announce(lanes).has_value());
    for (const char* name : names)
      for (auto& registry : registries)
        if (moves > 0) {
          --moves;
          ASSERT_TRUE(registry->tag(tag(name), newer, {}).has_value());
        }
  }

  // The killed run had tried this move in vain.
  void note_failure(size_t registry, size_t move) {
    MovesJournal(journal.get(), release)
        .moved(lanes[registry].destination, {lanes[registry].plan.moves[move], State::failed, "503", {}});
  }
  std::string result() { return (*journal->entry(release))->result; }
  Result<std::vector<std::string>> recover_now() {
    return recover(*journal, {lanes[0].destination, lanes[1].destination}, system_clock(), "test", {});
  }

  test::TempFolder folder{"ep-journal"};
  std::unique_ptr<Journal> journal = std::move(*Journal::open(folder.path(), system_clock()));
  std::string release;
};

TEST_F(RecoveryTest, FinishesAReleaseWhoseRunWasKilledAtAnyMove) {
  for (size_t moves = 0; moves <= 6; ++moves) {
    for (auto& registry : registries)
      for (const char* name : names) ASSERT_TRUE(registry->tag(tag(name), older, {}).has_value());
    kill_after(moves);
    auto notes = recover_now();
    ASSERT_TRUE(notes.has_value()) << notes.error().text();
    EXPECT_EQ(notes->size(), 1u);
    for (size_t registry : {0, 1})
      for (const char* name : names) EXPECT_EQ(named(registry, name), "newer") << moves << " " << name;
    EXPECT_TRUE(journal->unfinished()->empty());
  }
}

TEST_F(RecoveryTest, LeavesATagAloneThatSomebodyElseHasMovedMeanwhile) {
  kill_after(2);
  RawManifest other = image("other");
  ASSERT_TRUE(registries[1]->put_manifest(other, {}).has_value());
  ASSERT_TRUE(registries[1]->tag(tag("latest"), other, {}).has_value());
  ASSERT_TRUE(recover_now().has_value());
  EXPECT_EQ(named(1, "latest"), "other");
  EXPECT_EQ(named(0, "latest"), "newer");
}

TEST_F(RecoveryTest, GoesBackWhenTheKilledRunWasGoingBack) {
  kill_after(3);
  note_failure(1, 1);
  ASSERT_TRUE(recover_now().has_value());
  for (size_t registry : {0, 1})
    for (const char* name : names) EXPECT_EQ(named(registry, name), "older") << name;
}

TEST_F(RecoveryTest, OfABestEffortRunGoesOnThoughAMoveHadFailed) {
  kill_after(3, true);
  note_failure(1, 1);
  ASSERT_TRUE(recover_now().has_value());
  for (size_t registry : {0, 1})
    for (const char* name : names) EXPECT_EQ(named(registry, name), "newer") << name;
  EXPECT_EQ(result(), "published");
}

TEST_F(RecoveryTest, OfABestEffortRunLeavesARegistryBehindThatIsStillDown) {
  kill_after(1, true);
  registries[1]->before = [](const std::string&) -> Done { return unavailable("b is down"); };
  auto notes = recover_now();
  ASSERT_TRUE(notes.has_value()) << notes.error().text();
  EXPECT_NE(notes->front().find("b is down"), std::string::npos) << notes->front();
  for (const char* name : names) EXPECT_EQ(named(0, name), "newer") << name;
  EXPECT_EQ(result(), "behind");
}

TEST_F(RecoveryTest, OfABestEffortRunLeavesARegistryBehindThatRefusesAMove) {
  kill_after(1, true);
  break_tag(0, "24.03");
  ASSERT_TRUE(recover_now().has_value());
  for (const char* name : names) EXPECT_EQ(named(1, name), "newer") << name;
  EXPECT_EQ(named(0, "latest"), "older");
  EXPECT_EQ(result(), "behind");
}

TEST_F(RecoveryTest, OfABestEffortRunThatAPersonHadTurnedAroundGoesBack) {
  kill_after(3, true);
  MovesJournal(journal.get(), release)
      .moved(lanes[0].destination, {lanes[0].plan.moves[1], State::undone, "stopped", {}});
  ASSERT_TRUE(recover_now().has_value());
  for (size_t registry : {0, 1})
    for (const char* name : names) EXPECT_EQ(named(registry, name), "older") << name;
}

TEST_F(RecoveryTest, WritesTheReceiptThatTheKilledRunCouldNotWrite) {
  kill_after(3);
  Digest archive = digest_of("archive");
  Platform amd64 = *Platform::parse("amd64");
  MovesJournal story(journal.get(), release);
  ASSERT_TRUE(story.begun_by("alice@build01").has_value());
  ASSERT_TRUE(story.begin_with({{amd64, "https://repo.example/x.tar.xz", archive}}).has_value());
  ASSERT_TRUE(story.made({{amd64, newer.digest(), older.digest(), {}}}).has_value());
  ASSERT_TRUE(recover_now().has_value());
  auto past = parse_receipt((*journal->entry(release))->receipt);
  ASSERT_TRUE(past.has_value()) << past.error().text();
  ASSERT_EQ(past->lanes.size(), 2u);
  for (size_t registry : {0, 1}) {
    EXPECT_EQ(past->lanes[registry].name, registries[registry]->name());
    ASSERT_EQ(past->lanes[registry].moves.size(), 3u) << "also those that the killed run has made";
    EXPECT_EQ(past->lanes[registry].moves[0].from, older.digest());
  }
  auto json = nlohmann::json::parse((*journal->entry(release))->receipt);
  EXPECT_EQ(json["sources"][0]["sha256"], archive.hex());
  EXPECT_EQ(json["platforms"][0]["manifest"], newer.digest().text());
  EXPECT_EQ(json["tool"], "test");
  EXPECT_EQ(json["by"], "alice@build01");
  auto plan = plan_rollback(*past, {lanes[0].destination, lanes[1].destination}, {});
  ASSERT_TRUE(plan.has_value()) << plan.error().text();
}

TEST_F(RecoveryTest, SaysInTheReceiptWhichTagsWentBack) {
  kill_after(3);
  note_failure(1, 1);
  ASSERT_TRUE(recover_now().has_value());
  auto json = nlohmann::json::parse((*journal->entry(release))->receipt);
  EXPECT_EQ(json["result"], "undone");
  EXPECT_EQ(json["registries"][0]["state"], "untouched") << json;
  EXPECT_TRUE(parse_receipt(json.dump())->lanes.empty()) << "there is nothing to take back";
}

TEST_F(RecoveryTest, GoesBackWhenItCannotFinish) {
  kill_after(3);
  break_tag(1, "latest");
  auto notes = recover_now();
  ASSERT_TRUE(notes.has_value()) << notes.error().text();
  EXPECT_NE(notes->front().find("503 after 5 tries"), std::string::npos) << notes->front();
  for (size_t registry : {0, 1})
    for (const char* name : names) EXPECT_EQ(named(registry, name), "older") << name;
  EXPECT_EQ(result(), "undone");
}

TEST_F(RecoveryTest, LeavesATagWhoseOlderContentIsGone) {
  kill_after(3);
  note_failure(1, 1);
  registries[0]->before = [](const std::string& operation) -> Done {
    if (operation == "manifest") return not_found("no such manifest");
    return {};
  };
  auto notes = recover_now();
  ASSERT_TRUE(notes.has_value()) << notes.error().text();
  EXPECT_EQ(named(0, "24.03-lts-sp1"), "newer");
  EXPECT_EQ(named(1, "24.03-lts-sp1"), "older");
  EXPECT_NE(notes->front().find("24.03-lts-sp1 (what it named before is gone)"), std::string::npos)
      << notes->front();
  EXPECT_TRUE(journal->unfinished()->empty());
}

TEST_F(RecoveryTest, ClosesARunThatHadNotBegunToMoveTags) {
  release = *journal->begin("publish", "24.03-LTS-SP1", "a/openeuler");
  auto notes = recover_now();
  ASSERT_TRUE(notes.has_value());
  EXPECT_NE(notes->front().find("nothing of it can be seen"), std::string::npos);
  EXPECT_EQ((*journal->entry(release))->result, "interrupted");
}

TEST_F(RecoveryTest, LeavesReleasesOfOtherRepositoriesAlone) {
  release = *journal->begin("publish", "24.03-LTS-SP1", "elsewhere/openeuler");
  EXPECT_TRUE(recover_now()->empty());
  EXPECT_EQ(journal->unfinished()->size(), 1u);
}

TEST_F(RecoveryTest, StaysUnfinishedWhileARegistryCannotBeAsked) {
  kill_after(1);
  registries[1]->before = [](const std::string&) -> Done { return unavailable("connection refused"); };
  EXPECT_FALSE(recover_now().has_value());
  EXPECT_EQ(journal->unfinished()->size(), 1u);
  registries[1]->before = nullptr;
  EXPECT_TRUE(recover_now().has_value());
  EXPECT_EQ(named(1, "latest"), "newer");
}

}  // namespace
}  // namespace eulerpublisher
