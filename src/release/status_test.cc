#include "release/status.h"

#include <gtest/gtest.h>

#include "image/annotations.h"
#include "release/moves_journal.h"
#include "support/memory_repository.h"
#include "support/process.h"
#include "support/sample_image.h"

namespace eulerpublisher {
namespace {

using test::MemoryRepository;
using test::tag;
using State = MoveOutcome::State;

struct Made {
  std::string version = "24.03-LTS-SP1";
  std::string created = "2024-12-30T10:00:00Z";
  std::vector<std::string> architectures{"amd64", "arm64"};
};

// Two registries, a policy with two versions of which the newer is 24.03 and latest, and a journal.
class StatusTest : public testing::Test {
 protected:
  Digest put(size_t registry, const std::vector<std::string>& tags, const Made& made = {}) {
    std::vector<test::SampleImage> images;
    for (const std::string& architecture : made.architectures) images.emplace_back(1, architecture);
    Index index = *Index::parse(test::index_of(images).bytes);
    index.annotations[std::string(annotation::version)] = made.version;
    index.annotations[std::string(annotation::created)] = made.created;
    RawManifest raw{index.media_type, index.print()};
    MemoryRepository& repository = *registries[registry];
    EXPECT_TRUE(test::put_all(repository, images, tag("scratch")).has_value());
    EXPECT_TRUE(repository.put_manifest(raw, {}).has_value());
    for (const std::string& name : tags) EXPECT_TRUE(repository.tag(tag(name), raw, {}).has_value());
    return raw.digest();
  }

  // What a run from here wrote down of a move of one tag of the first registry.
  std::string note(const std::vector<std::string>& kinds, const std::string& name, std::optional<Digest> from,
                   const Digest& to) {
    std::string release = *journal->begin("publish", "24.03-LTS-SP1", registries[0]->name());
    for (const std::string& kind : kinds)
      EXPECT_TRUE(journal->note(release, event_of(kind, destinations()[0], {tag(name), from, to, "x"}, {}))
                      .has_value());
    return release;
  }
  void end(const std::string& release) {
    EXPECT_TRUE(journal->end(release, "published", 0, "{}").has_value());
  }

  std::vector<Destination> destinations() const {
    return {{"a.example", registries[0], registries[0]}, {"b.example", registries[1], registries[1]}};
  }
  Status look() {
    auto status = read_status(policy, destinations(), *journal, {});
    EXPECT_TRUE(status.has_value()) << status.error().text();
    return std::move(*status);
  }
  const TagStatus& of(const Status& status, size_t registry, const std::string& name) {
    for (size_t row = 0; row < status.rows.size(); ++row)
      if (status.rows[row].tag.tag.text() == name) return status.registries[registry].tags.at(row);
    ADD_FAILURE() << "no row for " << name;
    return status.registries[registry].tags.at(0);
  }

  Policy policy = *Policy::parse("24.03-LTS: []\n24.03-LTS-SP1: [24.03, latest]\n", "tags.yaml");
  std::vector<std::shared_ptr<MemoryRepository>> registries{
      std::make_shared<MemoryRepository>("a.example/openeuler/openeuler"),
      std::make_shared<MemoryRepository>("b.example/openeuler/openeuler")};
  test::TempFolder folder{"ep-status"};
  std::unique_ptr<Journal> journal = std::move(*Journal::open(folder.path(), system_clock()));
};

TEST_F(StatusTest, HasARowForEveryTagOfEveryVersion) {
  Status status = look();
  std::vector<std::string> rows;
  for (const Status::Row& row : status.rows) rows.push_back(row.version.text() + " " + row.tag.tag.text());
  EXPECT_EQ(rows, (std::vector<std::string>{"24.03-LTS 24.03-lts", "24.03-LTS-SP1 24.03-lts-sp1",
                                            "24.03-LTS-SP1 24.03", "24.03-LTS-SP1 latest"}));
  EXPECT_EQ(of(status, 0, "latest").standing, Standing::absent);
  EXPECT_EQ(of(status, 0, "latest").record, Record::never_released);
}

TEST_F(StatusTest, HoldsWhatIsThereAgainstThePolicy) {
  put(0, {"24.03-lts-sp1", "24.03"});
  put(0, {"24.03-lts"}, {.version = "24.03-LTS", .architectures = {"amd64"}});
  put(0, {"latest"}, {.version = "24.03-LTS"});
  Status status = look();
  EXPECT_EQ(of(status, 0, "24.03-lts-sp1").standing, Standing::published);
  EXPECT_EQ(of(status, 0, "24.03").standing, Standing::published);
  EXPECT_EQ(of(status, 0, "24.03-lts").standing, Standing::behind);
  EXPECT_EQ(of(status, 0, "24.03-lts").because, "lacks arm64");
  EXPECT_EQ(of(status, 0, "latest").standing, Standing::different);
  EXPECT_EQ(of(status, 0, "latest").because, "is 24.03-LTS");
  EXPECT_EQ(of(status, 1, "latest").standing, Standing::absent);
}

TEST_F(StatusTest, CallsARegistryBehindThatHasAnOlderArchiveThanAnother) {
  put(0, {"24.03-lts-sp1"}, {.created = "2024-12-30T10:00:00Z"});
  put(1, {"24.03-lts-sp1"}, {.created = "2025-01-15T10:00:00+08:00"});
  Status status = look();
  EXPECT_EQ(of(status, 0, "24.03-lts-sp1").standing, Standing::behind);
  EXPECT_EQ(of(status, 0, "24.03-lts-sp1").because, "is older than at b.example");
  EXPECT_EQ(of(status, 1, "24.03-lts-sp1").standing, Standing::published);
}

TEST_F(StatusTest, AgreesWithTheJournalOnWhatWasMovedFromHere) {
  Digest digest = put(0, {"24.03-lts-sp1", "latest"});
  end(note({"planned", "moving", "moved"}, "latest", std::nullopt, digest));
  Status status = look();
  EXPECT_EQ(of(status, 0, "latest").record, Record::agreed);
  EXPECT_EQ(of(status, 0, "latest").recorded, digest);
  EXPECT_EQ(of(status, 0, "24.03-lts-sp1").record, Record::never_released);
}

TEST_F(StatusTest, SeesThatSomebodyElseHasMovedOrRemovedATag) {
  Digest ours = put(0, {});
  put(0, {"latest"}, {.created = "2025-02-01T10:00:00Z"});
  std::string release = note({"planned", "moving", "moved"}, "latest", std::nullopt, ours);
  end(release);
  end(note({"planned", "moving", "moved"}, "24.03", std::nullopt, ours));
  Status status = look();
  EXPECT_EQ(of(status, 0, "latest").record, Record::moved_since);
  EXPECT_EQ(of(status, 0, "latest").recorded, ours);
  EXPECT_EQ(of(status, 0, "latest").last->release, release);
  EXPECT_EQ(of(status, 0, "24.03").record, Record::moved_since);
  EXPECT_EQ(of(status, 0, "24.03").standing, Standing::absent);
}

TEST_F(StatusTest, BelievesTheNewestReleaseOnly) {
  Digest older = put(0, {}), newer = put(0, {"latest"}, {.created = "2025-02-01T10:00:00Z"});
  end(note({"moving", "moved"}, "latest", std::nullopt, older));
  end(note({"up to date"}, "latest", newer, newer));
  EXPECT_EQ(of(look(), 0, "latest").record, Record::agreed);
}

TEST_F(StatusTest, KnowsThatATagWentBack) {
  Digest older = put(0, {"latest"}), newer = put(0, {}, {.created = "2025-02-01T10:00:00Z"});
  end(note({"planned", "moving", "moved", "undone"}, "latest", older, newer));
  EXPECT_EQ(of(look(), 0, "latest").record, Record::agreed);
}

TEST_F(StatusTest, TakesEitherForRightAfterAMoveWhoseEndIsNotKnown) {
  Digest older = put(0, {"latest"}), newer = put(0, {"24.03"}, {.created = "2025-02-01T10:00:00Z"});
  for (const char* name : {"latest", "24.03"}) end(note({"moving", "failed"}, name, older, newer));
  EXPECT_EQ(of(look(), 0, "latest").record, Record::agreed);
  EXPECT_EQ(of(look(), 0, "24.03").record, Record::agreed);
  Digest other = put(0, {"latest"}, {.created = "2025-03-01T10:00:00Z"});
  EXPECT_EQ(of(look(), 0, "latest").record, Record::moved_since) << other.text();
}

TEST_F(StatusTest, SaysThatAReleaseIsUnfinished) {
  Digest older = put(0, {"latest"});
  std::string release =
      note({"planned", "moving"}, "latest", older, put(0, {}, {.created = "2025-02-01T10:00:00Z"}));
  EXPECT_EQ(of(look(), 0, "latest").record, Record::unfinished);
  end(release);
  EXPECT_EQ(of(look(), 0, "latest").record, Record::agreed) << "a later run has closed it";
}

TEST_F(StatusTest, TellsOfARegistryThatCannotBeLookedAt) {
  put(1, {"latest"});
  registries[0]->before = [](const std::string&) -> Done { return unavailable("a is down"); };
  Status status = look();
  EXPECT_EQ(status.registries[0].problem, "a is down");
  EXPECT_TRUE(status.registries[0].tags.empty());
  EXPECT_EQ(of(status, 1, "latest").standing, Standing::published);
  EXPECT_FALSE(status.seen_all());
}

}  // namespace
}  // namespace eulerpublisher
