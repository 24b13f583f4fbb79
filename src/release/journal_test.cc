#include "release/journal.h"

#include <gtest/gtest.h>
#include <sqlite3.h>

#include <atomic>
#include <thread>
#include <vector>

#include "support/process.h"

namespace eulerpublisher {
namespace {

TEST(Journal, IsBegunBySeveralRunsAtOnce) {
  for (int round = 0; round < 2; ++round) {
    test::TempFolder folder("ep-journal");
    std::atomic<int> opened = 0;
    {
      std::vector<std::jthread> runs;
      for (int run = 0; run < 6; ++run)
        runs.emplace_back([&] {
          auto journal = Journal::open(folder / "state", system_clock());
          if (!journal) {
            ADD_FAILURE() << journal.error().text();
            return;
          }
          auto begun = (*journal)->begin("publish", "24.03-LTS-SP1", "a/openeuler");
          EXPECT_TRUE(begun.has_value()) << begun.error().text();
          ++opened;
        });
    }
    EXPECT_EQ(opened, 6);
    auto journal = Journal::open(folder / "state", system_clock());
    ASSERT_TRUE(journal.has_value());
    EXPECT_EQ((*journal)->unfinished()->size(), 6u);
  }
}

// As the first program of ours wrote it.
TEST(Journal, TakesAnOlderFileAsItIs) {
  test::TempFolder folder{"ep-journal"};
  sqlite3* database = nullptr;
  ASSERT_EQ(sqlite3_open((folder / "journal.db").c_str(), &database), SQLITE_OK);
  const char* older = R"(
CREATE TABLE release (
  id TEXT PRIMARY KEY, command TEXT NOT NULL, version TEXT NOT NULL, repositories TEXT NOT NULL,
  started INTEGER NOT NULL, finished INTEGER, result TEXT NOT NULL DEFAULT '', exit_status INTEGER,
  receipt TEXT NOT NULL DEFAULT '') STRICT;
CREATE TABLE event (
  number INTEGER PRIMARY KEY AUTOINCREMENT, release TEXT NOT NULL REFERENCES release(id), time INTEGER NOT NULL,
  kind TEXT NOT NULL, repository TEXT NOT NULL, tag TEXT NOT NULL, from_digest TEXT NOT NULL,
  to_digest TEXT NOT NULL, text TEXT NOT NULL) STRICT;
INSERT INTO release(id, command, version, repositories, started) VALUES('old', 'publish', '24.03-LTS', 'a', 7);
PRAGMA user_version=1;)";
  ASSERT_EQ(sqlite3_exec(database, older, nullptr, nullptr, nullptr), SQLITE_OK);
  sqlite3_close(database);
  auto journal = Journal::open(folder.path(), system_clock());
  ASSERT_TRUE(journal.has_value()) << journal.error().text();
  auto old = (*journal)->entry("old");
  ASSERT_TRUE(old.has_value() && old->has_value());
  EXPECT_FALSE((*old)->best_effort);
  auto begun = (*journal)->begin("publish", "24.03-LTS", "a", true);
  ASSERT_TRUE(begun.has_value());
  EXPECT_TRUE((*(*journal)->entry(*begun))->best_effort);
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

TEST(Journal, KnowsTheLastWordOnATag) {
  test::TempFolder folder{"ep-journal"};
  auto journal = std::move(*Journal::open(folder.path(), system_clock()));
  EXPECT_FALSE(journal->last_word("a", "latest")->has_value());
  auto first = *journal->begin("publish", "24.03-LTS-SP1", "a");
  auto note = [&](const std::string& release, const char* kind, const char* repository, const char* tag) {
    ASSERT_TRUE(journal->note(release, Journal::Event{kind, repository, tag, "x", "y", "", {}}).has_value());
  };
  note(first, "moved", "a", "latest");
  note(first, "moved", "b", "latest");
  note(first, "moving", "a", "24.03");
  ASSERT_TRUE(journal->end(first, "published", 0, "{}").has_value());
  auto second = *journal->begin("publish", "24.03-LTS-SP1", "a");
  note(second, "moving", "a", "latest");
  note(second, "planned", "a", "24.03");
  auto latest = *journal->last_word("a", "latest");
  ASSERT_TRUE(latest.has_value());
  EXPECT_EQ(latest->release, second);
  EXPECT_EQ(latest->event.kind, "moving");
  EXPECT_FALSE(latest->over);
  auto series = *journal->last_word("a", "24.03");
  ASSERT_TRUE(series.has_value());
  EXPECT_EQ(series->release, first) << "a plan moves nothing";
  EXPECT_TRUE(series->over);
  // Made, and not only begun.
  EXPECT_EQ(journal->moves("a", "latest", 10)->size(), 1u);
  ASSERT_EQ(journal->moves({}, "latest", 10)->size(), 2u);
  EXPECT_EQ(journal->moves({}, "latest", 1)->front().repository, "b");
  EXPECT_TRUE(journal->moves("c", "latest", 10)->empty());
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
    ASSERT_TRUE(
        journal->note(id, Journal::Event{"finding", "a", "latest", "", "", "is private", {}}).has_value());
    ASSERT_TRUE(journal->end(id, "published", 0, "{}").has_value());
  }
  auto journal = std::move(*Journal::open(folder.path(), system_clock()));
  auto entry = journal->entries(1)->front();
  EXPECT_EQ(entry.receipt, "{}");
  EXPECT_EQ(journal->events(entry.release)->front().text, "is private");
}

}  // namespace
}  // namespace eulerpublisher
