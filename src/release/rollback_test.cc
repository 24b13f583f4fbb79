#include "release/rollback.h"

#include <gtest/gtest.h>

#include "support/process.h"
#include "support/tagged_registries.h"

namespace eulerpublisher {
namespace {

using test::image;
using test::MemoryRepository;
using test::tag;

// A release that made the version's own tag and moved `latest`.
class RollbackTest : public testing::Test {
 protected:
  RollbackTest() {
    for (const RawManifest& one : {older, newer}) EXPECT_TRUE(registry->put_manifest(one, {}).has_value());
    for (const char* name : {"24.03-lts-sp1", "latest"})
      EXPECT_TRUE(registry->tag(tag(name), newer, {}).has_value());
    Receipt receipt;
    receipt.id = "R1";
    receipt.version = "24.03-LTS-SP1";
    DestinationReceipt one;
    one.name = "docker.io";
    one.repository = registry->name();
    one.moves = {
        {{tag("24.03-lts-sp1"), std::nullopt, newer.digest(), "new"}, MoveOutcome::State::moved, {}, {}},
        {{tag("latest"), older.digest(), newer.digest(), "newest"}, MoveOutcome::State::moved, {}, {}}};
    receipt.destinations = {one};
    past = *parse_receipt(receipt.print());
  }

  RolledBack run() {
    return roll_back(past, {{destination}, *journal, folder.path(), system_clock(), "test"}, {});
  }
  Digest named(const char* name) { return (*registry->find(tag(name), {}))->digest; }

  RawManifest older = image("older");
  RawManifest newer = image("newer");
  std::shared_ptr<MemoryRepository> registry =
      std::make_shared<MemoryRepository>("docker.io/openeuler/openeuler");
  Destination destination{"docker.io", registry, registry};
  test::TempFolder folder{"ep-rollback"};
  std::unique_ptr<Journal> journal = std::move(*Journal::open(folder.path(), system_clock()));
  PastRelease past;
};

TEST_F(RollbackTest, PointsTagsBackAndLeavesNewOnes) {
  RolledBack ended = run();
  ASSERT_FALSE(ended.error.has_value()) << ended.error->text();
  EXPECT_EQ(named("latest"), older.digest());
  EXPECT_EQ(named("24.03-lts-sp1"), newer.digest());
  ASSERT_EQ(ended.receipt.notes.size(), 1u);
  EXPECT_EQ((*journal->entry(ended.receipt.id))->result, "rolled back");
}

TEST_F(RollbackTest, CanItselfBeRolledBack) {
  RolledBack ended = run();
  past = *parse_receipt(ended.receipt.print());
  ASSERT_FALSE(run().error.has_value());
  EXPECT_EQ(named("latest"), newer.digest());
}

TEST_F(RollbackTest, DoesNothingTheSecondTime) {
  ASSERT_FALSE(run().error.has_value());
  RolledBack again = run();
  ASSERT_FALSE(again.error.has_value());
  EXPECT_EQ(again.receipt.destinations.front().moves.size(), 0u);
}

TEST_F(RollbackTest, RefusesWhenATagWasMovedSince) {
  RawManifest other = image("other");
  ASSERT_TRUE(registry->put_manifest(other, {}).has_value());
  ASSERT_TRUE(registry->tag(tag("latest"), other, {}).has_value());
  RolledBack ended = run();
  ASSERT_TRUE(ended.error.has_value());
  EXPECT_EQ(ended.error->kind(), ErrorKind::conflict);
  EXPECT_EQ(named("latest"), other.digest());
}

TEST_F(RollbackTest, RefusesWhenTheOlderImageIsGone) {
  registry->before = [&](const std::string& operation) -> Done {
    if (operation == "manifest") return not_found("no such manifest");
    return {};
  };
  RolledBack ended = run();
  ASSERT_TRUE(ended.error.has_value());
  EXPECT_NE(ended.error->text().find("not there any more"), std::string::npos) << ended.error->text();
  EXPECT_EQ(named("latest"), newer.digest());
}

TEST(ParseReceipt, RefusesWhatIsNone) {
  for (auto bad : {"", "{}", "[]", R"({"registries":1})", R"({"registries":[1]})",
                   R"({"registries":[{"tags":[{"state":"moved","tag":"-x","to":"y"}]}]})"})
    EXPECT_FALSE(parse_receipt(bad).has_value()) << bad;
}

}  // namespace
}  // namespace eulerpublisher
