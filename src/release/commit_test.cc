#include "release/commit.h"

#include <gtest/gtest.h>

#include "oci/media_type.h"
#include "release/journal.h"
#include "release/recovery.h"
#include "support/memory_repository.h"
#include "support/process.h"

namespace eulerpublisher {
namespace {

using State = MoveOutcome::State;
using test::MemoryRepository;

Tag tag(std::string_view text) { return *Tag::parse(text); }

// An index without children: the smallest thing a tag can name.
RawManifest image(const std::string& name) {
  Index index{std::string(media_type::index), {}, {{"name", name}}};
  return {index.media_type, index.print()};
}

// Two registries whose own tag, series tag and `latest` name the older image, and what moves them to the newer one.
class CommitTest : public testing::Test {
 protected:
  CommitTest() {
    for (auto& registry : registries) {
      for (const RawManifest& one : {older, newer}) EXPECT_TRUE(registry->put_manifest(one, {}).has_value());
      for (const char* name : names) EXPECT_TRUE(registry->tag(tag(name), older, {}).has_value());
      Plan plan{registry->name(), {}, {}, {}};
      for (const char* name : names) plan.moves.push_back({tag(name), older.digest(), newer.digest(), "a test"});
      lanes.push_back({{registry->name(), registry, registry}, plan, {}, {}});
    }
  }

  Done run(bool best_effort = false) {
    auto bytes = [&](RepositoryReader& reader, const Digest& digest) { return reader.manifest(digest, {}); };
    return commit(lanes, bytes, {best_effort}, listener, system_clock(), stop.get_token());
  }

  std::string named(size_t registry, const char* name) {
    auto found = registries[registry]->find(tag(name), {});
    if (!found || !*found) return "nothing";
    return (*found)->digest == newer.digest() ? "newer" : (*found)->digest == older.digest() ? "older" : "other";
  }

  // Refuses to move this tag there from now on.
  void break_tag(size_t registry, const std::string& name) {
    registries[registry]->before = [name](const std::string& operation) -> Done {
      if (operation == "tag " + name) return unavailable("503 after 5 tries");
      return {};
    };
  }

  class Listener : public CommitListener {
   public:
    Done about_to_move(const Destination& destination, const Move& move) override {
      order.push_back(destination.name + " " + move.tag.text());
      return {};
    }
    void moved(const Destination&, const MoveOutcome&) override {}
    std::vector<std::string> order;
  };

  const char* names[3] = {"24.03-lts-sp1", "24.03", "latest"};
  RawManifest older = image("older");
  RawManifest newer = image("newer");
  std::vector<std::shared_ptr<MemoryRepository>> registries{std::make_shared<MemoryRepository>("a/openeuler"),
                                                            std::make_shared<MemoryRepository>("b/openeuler")};
  std::vector<CommitLane> lanes;
  Listener listener;
  std::stop_source stop;
};

TEST_F(CommitTest, MovesLatestLastAndRegistryAfterRegistryWithinEachTag) {
  ASSERT_TRUE(run().has_value());
  EXPECT_EQ(listener.order, (std::vector<std::string>{"a/openeuler 24.03-lts-sp1", "b/openeuler 24.03-lts-sp1",
                                                      "a/openeuler 24.03", "b/openeuler 24.03",
                                                      "a/openeuler latest", "b/openeuler latest"}));
  for (size_t registry : {0, 1})
    for (const char* name : names) EXPECT_EQ(named(registry, name), "newer") << name;
}

TEST_F(CommitTest, StopsWhenSomebodyElseHasMovedATag) {
  RawManifest other = image("other");
  ASSERT_TRUE(registries[1]->put_manifest(other, {}).has_value());
  ASSERT_TRUE(registries[1]->tag(tag("24.03"), other, {}).has_value());
  Done done = run();
  ASSERT_FALSE(done.has_value());
  EXPECT_EQ(done.error().kind(), ErrorKind::conflict);
  EXPECT_NE(done.error().text().find(other.digest().brief()), std::string::npos) << done.error().text();
  EXPECT_EQ(named(1, "24.03"), "other");
  EXPECT_EQ(named(0, "24.03-lts-sp1"), "older");
  EXPECT_EQ(named(0, "24.03"), "older");
  EXPECT_EQ(named(1, "latest"), "older");
}

TEST_F(CommitTest, PutsBackWhatWasMovedWhenAMoveFails) {
  break_tag(1, "latest");
  ASSERT_FALSE(run().has_value());
  for (size_t registry : {0, 1})
    for (const char* name : names) EXPECT_EQ(named(registry, name), "older") << name;
  EXPECT_EQ(lanes[0].outcomes[0].state, State::undone);
  EXPECT_EQ(lanes[1].outcomes[2].state, State::failed);
}

// Moves a tag, says that it failed, and then that it names something else.
class Liar : public MemoryRepository {
 public:
  using MemoryRepository::MemoryRepository;
  Done tag(const Tag& tag, const RawManifest& manifest, std::stop_token stop) override {
    TRY(MemoryRepository::tag(tag, manifest, stop));
    if (tag.text() != "24.03" || !fails) return {};
    return *std::exchange(fails, std::nullopt);
  }
  Result<std::optional<Descriptor>> find(const Tag& tag, std::stop_token stop) override {
    auto found = TRY(MemoryRepository::find(tag, stop));
    if (found && lie && !fails && tag.text() == "24.03") found->digest = *lie;
    return found;
  }
  std::optional<Error> fails;
  std::optional<Digest> lie;
};

TEST_F(CommitTest, SaysThatATagIsLeftWhenTheRegistryTellsNonsenseAboutIt) {
  auto liar = std::make_shared<Liar>("c/openeuler");
  for (const RawManifest& one : {older, newer}) ASSERT_TRUE(liar->put_manifest(one, {}).has_value());
  for (const char* name : names) ASSERT_TRUE(liar->tag(tag(name), older, {}).has_value());
  liar->fails = corrupt("the registry says it holds another one");
  liar->lie = image("nonsense").digest();
  registries[1] = liar;
  lanes[1].destination = {"c/openeuler", liar, liar};
  ASSERT_FALSE(run().has_value());
  EXPECT_EQ(lanes[1].outcomes[1].state, State::left) << "nobody may believe that it did not move";
  EXPECT_EQ(named(0, "24.03"), "older");
}

TEST_F(CommitTest, LeavesATagThatDidNotExistBefore) {
  auto fresh = std::make_shared<MemoryRepository>("c/openeuler");
  ASSERT_TRUE(fresh->put_manifest(newer, {}).has_value());
  Plan plan{"c/openeuler", {{tag("24.03-lts-sp1"), std::nullopt, newer.digest(), "new"}}, {}, {}};
  lanes.insert(lanes.begin(), {{"c/openeuler", fresh, fresh}, plan, {}, {}});
  break_tag(0, "latest");
  ASSERT_FALSE(run().has_value());
  EXPECT_EQ(lanes[0].outcomes[0].state, State::left);
  auto found = fresh->find(tag("24.03-lts-sp1"), {});
  ASSERT_TRUE(found && *found);
  EXPECT_EQ((*found)->digest, newer.digest());
}

TEST_F(CommitTest, BestEffortGoesOnWithTheOthers) {
  break_tag(0, "24.03");
  ASSERT_TRUE(run(true).has_value());
  EXPECT_TRUE(lanes[0].failed.has_value());
  EXPECT_FALSE(lanes[1].failed.has_value());
  EXPECT_EQ(named(1, "latest"), "newer");
  EXPECT_EQ(named(0, "latest"), "older");
}

TEST_F(CommitTest, SeesThatAMoveWorkedWhoseAnswerWasLost) {
  bool lost = false;
  registries[0]->before = [&](const std::string& operation) -> Done {
    if (operation != "tag 24.03" || lost) return {};
    lost = true;
    registries[0]->before = nullptr;
    (void)registries[0]->tag(tag("24.03"), newer, {});
    return unavailable("the answer was cut");
  };
  Done done = run();
  ASSERT_TRUE(done.has_value()) << done.error().text();
  for (size_t registry : {0, 1})
    for (const char* name : names) EXPECT_EQ(named(registry, name), "newer") << name;
  EXPECT_EQ(lanes[0].outcomes[1].state, State::moved);
}

TEST_F(CommitTest, MovesNothingOnceItIsStopped) {
  stop.request_stop();
  Done done = run();
  ASSERT_FALSE(done.has_value());
  EXPECT_EQ(done.error().kind(), ErrorKind::cancelled);
  EXPECT_EQ(named(0, "24.03-lts-sp1"), "older");
}

// A journal as a run leaves it that was killed after `moved` moves.
class RecoveryTest : public CommitTest {
 protected:
  void kill_after(size_t moves) {
    release = *journal->begin("publish", "24.03-LTS-SP1", "a/openeuler\nb/openeuler");
    std::vector<Journal::Event> planned;
    for (const CommitLane& lane : lanes)
      for (const Move& move : lane.plan.moves)
        planned.push_back(event_of(event::planned, lane.destination, move, {}));
    ASSERT_TRUE(journal->note(release, planned).has_value());
    for (const char* name : names)
      for (auto& registry : registries)
        if (moves > 0) {
          --moves;
          ASSERT_TRUE(registry->tag(tag(name), newer, {}).has_value());
        }
  }

  Result<std::vector<std::string>> recover_now() {
    return recover(*journal, {lanes[0].destination, lanes[1].destination}, system_clock(), {});
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
  Move failed = lanes[1].plan.moves[1];
  ASSERT_TRUE(journal->note(release, event_of(name_of(State::failed), lanes[1].destination, failed, "503")).has_value());
  ASSERT_TRUE(recover_now().has_value());
  for (size_t registry : {0, 1})
    for (const char* name : names) EXPECT_EQ(named(registry, name), "older") << name;
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

TEST(Journal, GivesEveryReleaseANameOfItsOwn) {
  test::TempFolder folder{"ep-journal"};
  auto journal = std::move(*Journal::open(folder.path(), system_clock()));
  auto first = journal->begin("publish", "24.03-LTS-SP1", "a");
  auto second = journal->begin("publish", "24.03-LTS-SP1", "a");
  ASSERT_TRUE(first && second);
  EXPECT_NE(*first, *second);
  EXPECT_EQ(journal->entries(10)->size(), 2u);
  EXPECT_EQ(journal->entries(10)->front().release, *second);
}

TEST(Journal, RefusesAFileThatIsNoJournal) {
  test::TempFolder folder{"ep-journal"};
  test::write_text(folder.path() / "journal.db", std::string(5000, 'x'));
  auto journal = Journal::open(folder.path(), system_clock());
  ASSERT_FALSE(journal.has_value());
  EXPECT_EQ(journal.error().kind(), ErrorKind::corrupt);
}

TEST(Journal, KeepsAReceipt) {
  test::TempFolder folder{"ep-journal"};
  {
    auto journal = std::move(*Journal::open(folder.path(), system_clock()));
    auto id = *journal->begin("publish", "24.03-LTS-SP1", "a");
    ASSERT_TRUE(journal->note(id, Journal::Event{"finding", "a", "latest", "", "", "is private", {}}).has_value());
    ASSERT_TRUE(journal->end(id, "published", 0, "{}").has_value());
  }
  auto journal = std::move(*Journal::open(folder.path(), system_clock()));
  auto entry = journal->entries(1)->front();
  EXPECT_EQ(entry.receipt, "{}");
  EXPECT_EQ(journal->events(entry.release)->front().text, "is private");
}

}  // namespace
}  // namespace eulerpublisher
