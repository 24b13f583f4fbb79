#include "release/commit.h"

#include "image/annotations.h"
#include "support/tagged_registries.h"

namespace eulerpublisher {
namespace {

using State = MoveOutcome::State;
using test::image;
using test::MemoryRepository;
using test::tag;

class CommitTest : public test::TaggedRegistries {
 protected:
  Done run(bool best_effort = false) {
    auto bytes = [&](RepositoryReader& reader, const Digest& digest) { return reader.manifest(digest, {}); };
    return commit(lanes, bytes, {best_effort}, listener, system_clock(), stop.get_token());
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

  Listener listener;
  std::stop_source stop;
};

TEST_F(CommitTest, MovesLatestLastAndRegistryAfterRegistryWithinEachTag) {
  ASSERT_TRUE(run().has_value());
  EXPECT_EQ(listener.order, (std::vector<std::string>{
                                "a/openeuler 24.03-lts-sp1", "b/openeuler 24.03-lts-sp1", "a/openeuler 24.03",
                                "b/openeuler 24.03", "a/openeuler latest", "b/openeuler latest"}));
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

TEST_F(CommitTest, SaysWhatSomebodyElseHasMovedATagTo) {
  Index index{std::string(media_type::index), {}, {}};
  index.annotations[std::string(annotation::version)] = "24.03-LTS-SP2";
  index.annotations[std::string(annotation::created)] = "2025-06-30T10:00:00Z";
  RawManifest other{index.media_type, index.print()};
  ASSERT_TRUE(registries[1]->put_manifest(other, {}).has_value());
  ASSERT_TRUE(registries[1]->tag(tag("latest"), other, {}).has_value());
  Done done = run();
  ASSERT_FALSE(done.has_value());
  EXPECT_NE(
      done.error().text().find(other.digest().brief() + " (24.03-LTS-SP2 of 2025-06-30): somebody else"),
      std::string::npos)
      << done.error().text();
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

}  // namespace
}  // namespace eulerpublisher
