#include "release/read_back.h"

#include "support/http_fakes.h"
#include "support/tagged_registries.h"

namespace eulerpublisher {
namespace {

using State = PublicView::State;
using test::MemoryRepository;
using test::tag;

// Answers from a cache, as often as it is told to, what its tags named before.
class Cached : public MemoryRepository {
 public:
  using MemoryRepository::MemoryRepository;
  Result<std::optional<Descriptor>> find(const Tag& tag, std::stop_token stop) override {
    ++looks[tag.text()];
    auto found = TRY(MemoryRepository::find(tag, stop));
    if (tag.text() == stale_tag && stale-- > 0) return stale_answer;
    return found;
  }
  std::string stale_tag = "latest";
  int stale = 0;
  std::optional<Descriptor> stale_answer;
  std::map<std::string, int> looks;
};

class LookAsPublic : public testing::Test {
 protected:
  LookAsPublic() {
    for (const RawManifest& one : {older, newer}) EXPECT_TRUE(registry.put_manifest(one, {}).has_value());
    for (const Tag& name : tags) EXPECT_TRUE(registry.tag(name, newer, {}).has_value());
    registry.stale_answer = older.descriptor();
  }
  std::vector<State> look(std::stop_token stop = {}) {
    std::vector<State> states;
    for (const PublicView& view : look_as_public(registry, tags, newer.digest(), clock, stop))
      states.push_back(view.state);
    return states;
  }

  std::vector<Tag> tags{tag("24.03-lts-sp1"), tag("latest")};
  RawManifest older = test::image("older"), newer = test::image("newer");
  Cached registry{"a/openeuler"};
  test::FakeClock clock;
};

TEST_F(LookAsPublic, LooksOnceWhereEverythingAgrees) {
  EXPECT_EQ(look(), (std::vector{State::agrees, State::agrees}));
  EXPECT_EQ(registry.looks["latest"], 1);
  EXPECT_EQ(clock.whole().count(), 0);
}

TEST_F(LookAsPublic, LooksOnceMoreBeforeItBelievesAWrongDigest) {
  registry.stale = 1;
  EXPECT_EQ(look(), (std::vector{State::agrees, State::agrees}));
  EXPECT_EQ(registry.looks["latest"], 2);
  EXPECT_EQ(registry.looks["24.03-lts-sp1"], 1) << "what agrees is believed at once";
  EXPECT_EQ(clock.slept.size(), 1u);
}

TEST_F(LookAsPublic, LooksOnceMoreBeforeItBelievesThatATagIsNotThere) {
  registry.stale = 1;
  registry.stale_answer.reset();
  EXPECT_EQ(look(), (std::vector{State::agrees, State::agrees}));
}

TEST_F(LookAsPublic, BelievesAWrongDigestTheSecondTime) {
  registry.stale = 100;
  EXPECT_EQ(look(), (std::vector{State::agrees, State::differs}));
  EXPECT_EQ(registry.looks["latest"], 2);
}

TEST_F(LookAsPublic, DoesNotWaitForARepositoryThatIsPrivate) {
  registry.before = [](const std::string&) -> Done { return denied("401"); };
  EXPECT_EQ(look(), (std::vector{State::private_repository, State::private_repository}));
  EXPECT_EQ(clock.whole().count(), 0);
}

TEST_F(LookAsPublic, BelievesWhatItSawWhenItIsStoppedMeanwhile) {
  registry.stale = 1;
  std::stop_source stop;
  stop.request_stop();
  EXPECT_EQ(look(stop.get_token()).size(), 2u);
  EXPECT_LE(registry.looks["latest"], 1);
}

}  // namespace
}  // namespace eulerpublisher
