#include "rollout/rollout.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>

#include "rollout/status.h"
#include "support/archive_maker.h"
#include "support/memory_repository.h"
#include "support/process.h"

namespace eulerpublisher::rollout {
namespace {

namespace fs = std::filesystem;
using State = ImageOutcome::State;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

const Platform amd64{"linux", "amd64", ""};
const Platform arm64{"linux", "arm64", ""};

// Puts the job's own words into one layer on top of its base's.
class FakeEngine : public build::Builder {
 public:
  explicit FakeEngine(Store& store) : store_(store) {}
  std::string name() const override { return "fake"; }
  Done can_build(const Platform&, std::stop_token) override { return {}; }

  Result<build::BuiltImage> build(const build::BuildJob& job, std::stop_token) override {
    jobs.lock()->push_back(job);
    std::string what = job.name + " " + job.platform.architecture;
    if (failing.contains(what)) return unavailable("{}: exit status 1", what);
    std::string tar = test::make_tar({{.path = "built", .content = what + job.dockerfile}});
    auto spool = TRY(store_.new_spool());
    TRY(spool->write(as_bytes(tar)));
    Descriptor layer{"application/vnd.oci.image.layer.v1.tar", digest_of(tar), tar.size(), {}, {}};
    spool->seal(layer);
    TRY(store_.keep(*spool));
    build::BuiltImage image{job.platform, {}, {}, {}, "2024-01-01T00:00:00Z"};
    std::string ids;
    for (const auto& [diff_id, descriptor] : job.base_layers) {
      image.layers.push_back(descriptor);
      ids += "\"" + diff_id.text() + "\",";
    }
    image.layers.push_back(layer);
    image.config = R"({"os":"linux","architecture":")" + job.platform.architecture +
                   R"(","rootfs":{"type":"layers","diff_ids":[)" + ids + "\"" + digest_of(tar).text() +
                   "\"]}}";
    TRY(store_.keep(image.config));
    return image;
  }

  Guarded<std::vector<build::BuildJob>> jobs;
  std::set<std::string> failing;

 private:
  Store& store_;
};

class RollOut : public testing::Test {
 protected:
  RollOut() {
    write("Base/image-list.yml", "images:\n  openeuler: openeuler\n");
    write("AI/image-list.yml", "images:\n  cann: cann\n  torch: torch\n  redis: redis\n");
    image("Base/openeuler", {{"24.03-lts", "24.03-lts/Dockerfile"}});
    write("Base/openeuler/24.03-lts/Dockerfile", "FROM scratch\nCOPY root /\n");
    image("AI/cann", {{"8.0-oe2403lts", "8.0/24.03-lts/Dockerfile"}});
    write("AI/cann/8.0/24.03-lts/Dockerfile", "FROM openeuler/openeuler:24.03-lts\n");
    image("AI/torch", {{"2.5-oe2403lts", "2.5/24.03-lts/Dockerfile"}});
    write("AI/torch/2.5/24.03-lts/Dockerfile", "ARG V=8.0\nFROM openeuler/cann:${V}-oe2403lts\nRUN true\n");
    image("AI/redis",
          {{"7.2-oe2403lts", "7.2/24.03-lts/Dockerfile"}, {"7.0-oe2403lts", "7.0/24.03-lts/Dockerfile"}});
    for (const char* version : {"7.2", "7.0"})
      write(std::string("AI/redis/") + version + "/24.03-lts/Dockerfile",
            std::string("FROM openeuler/openeuler:24.03-lts\nLABEL v=") + version + "\n");
    for (const char* name : {"first", "second"}) registries_[name] = std::make_shared<test::MemoryRegistry>();
  }

  void write(const std::string& file, const std::string& text) {
    fs::create_directories((tree_ / file).parent_path());
    test::write_text(tree_ / file, text);
  }
  void image(const std::string& folder, const std::vector<std::pair<std::string, std::string>>& tags) {
    std::string text;
    for (const auto& [tag, path] : tags) text += tag + ":\n  path: " + path + "\n";
    write(folder + "/meta.yml", text);
  }

  std::shared_ptr<test::MemoryRepository> repository(const std::string& registry, const std::string& name) {
    auto made =
        std::make_shared<test::MemoryRepository>(registry + "/openeuler/" + name, registries_.at(registry));
    made->before = before;
    return made;
  }
  std::optional<Digest> tagged(const std::string& name, const std::string& tag,
                               const std::string& registry = "first") {
    auto found = repository(registry, name)->find(*Tag::parse(tag), {});
    return found && *found ? std::optional((*found)->digest) : std::nullopt;
  }

  // Publishes what `chosen` names (`redis:7.2-oe2403lts`), or everything.
  std::vector<ImageOutcome> publish(const std::set<std::string>& chosen = {}) {
    auto catalogue = catalogue::read_catalogue({tree_.path(), ""}).value();
    std::set<catalogue::EntryId> entries;
    for (catalogue::EntryId id : catalogue.all_entries())
      if (chosen.empty() || chosen.contains(catalogue.name(id))) entries.insert(id);
    auto plan = catalogue::make_build_plan(catalogue, entries, policy).value();
    auto store = Store::open(store_.path()).value();
    std::vector<build::Builders::One> engines;
    auto engine = std::make_unique<FakeEngine>(*store);
    FakeEngine& fake = *engine;
    fake.failing = failing;
    engines.push_back({{"fake", "", {}, ""}, std::move(engine)});
    build::Builders builders(std::move(engines), 2);
    Shelf shelf{"first/openeuler", "first/openeuler", false,
                [&](const std::string& name) -> Result<std::shared_ptr<RepositoryReader>> {
                  return std::shared_ptr<RepositoryReader>(repository("first", name));
                }};
    Bases bases(shelf, shelf);
    RecipeParts recipe{catalogue, policy, bases,
                       [&](const Platform& platform) { return builders.kind_for(platform); }};
    RolloutParts parts{recipe,
                       {builders, *store, bases, no_progress()},
                       [&](const std::string& name) -> Result<ReleaseParts> {
                         std::vector<Destination> all;
                         for (const std::string& registry : destinations)
                           all.push_back({registry, repository(registry, name), nullptr});
                         return ReleaseParts{all, system_clock(), nullptr, {}, "test", no_progress()};
                       },
                       {}};
    terms.make.logs = store_ / "logs";
    auto outcomes = roll_out(plan, terms, parts, stop.get_token());
    built.clear();
    jobs = *fake.jobs.lock();
    for (const build::BuildJob& job : jobs) built.push_back(job.name + " " + job.platform.architecture);
    return outcomes;
  }

  // How tags stand where `engine` builds, or where nothing does and any of `engines` may have: `cann:latest`.
  std::map<std::string, std::string> standing(std::optional<std::string> engine,
                                              const std::vector<std::string>& engines = {}) {
    auto catalogue = catalogue::read_catalogue({tree_.path(), ""}).value();
    auto all = catalogue.all_entries();
    auto plan = catalogue::make_build_plan(catalogue, {all.begin(), all.end()}, policy).value();
    Shelf shelf{"first/openeuler", "first/openeuler", false,
                [&](const std::string& name) -> Result<std::shared_ptr<RepositoryReader>> {
                  return std::shared_ptr<RepositoryReader>(repository("first", name));
                }};
    Bases bases(shelf, shelf);
    StatusParts parts{{catalogue, policy, bases, [&](const Platform&) { return engine; }},
                      engines,
                      false,
                      [&](const std::string& name) -> Result<std::vector<Destination>> {
                        std::vector<Destination> list;
                        for (const std::string& registry : destinations)
                          list.push_back({registry, repository(registry, name), nullptr});
                        return list;
                      }};
    std::map<std::string, std::string> states;
    auto found = look_at_status(plan, parts, {}).value();
    for (const TagStatus& one : found) states[one.name + ":" + one.tag.text()] = name_of(one.state);
    return states;
  }

  static std::vector<std::string> states(const std::vector<ImageOutcome>& outcomes) {
    std::vector<std::string> all;
    for (const ImageOutcome& outcome : outcomes)
      all.push_back(outcome.id + " " + std::string(name_of(outcome.state)));
    return all;
  }
  const build::BuildJob& job(const std::string& what) const {
    auto found = std::ranges::find(built, what);
    EXPECT_NE(found, built.end()) << what;
    return jobs.at(static_cast<size_t>(found - built.begin()));
  }

  test::TempFolder tree_{"ep-catalogue"}, store_{"ep-store"};
  std::map<std::string, std::shared_ptr<test::MemoryRegistry>> registries_;
  std::function<Done(const std::string&)> before;
  std::vector<std::string> destinations{"first"};
  Policy policy = Policy::built_in();
  RolloutTerms terms;
  std::set<std::string> failing;
  std::vector<std::string> built;
  std::vector<build::BuildJob> jobs;
  std::stop_source stop;
};

TEST_F(RollOut, PublishesBasesBeforeWhatIsBuiltOnThemAndPinsThem) {
  auto outcomes = publish();
  EXPECT_THAT(states(outcomes),
              UnorderedElementsAre("cann_8.0-oe2403lts published", "torch_2.5-oe2403lts published",
                                   "redis_7.2-oe2403lts published", "redis_7.0-oe2403lts published",
                                   "openeuler_24.03-lts published"));
  EXPECT_EQ(built.size(), 10u);
  std::string base = tagged("openeuler", "24.03-lts")->text(), cann = tagged("cann", "8.0-oe2403lts")->text();
  EXPECT_EQ(job("cann_8.0-oe2403lts arm64").dockerfile, "FROM first/openeuler/openeuler@" + base + "\n");
  EXPECT_EQ(job("torch_2.5-oe2403lts amd64").dockerfile,
            "ARG V=8.0\nFROM first/openeuler/cann@" + cann + "\nRUN true\n");
  EXPECT_EQ(job("torch_2.5-oe2403lts amd64").base_layers.size(), 2u);
  EXPECT_EQ(job("torch_2.5-oe2403lts amd64").labels.at("org.opencontainers.image.base.digest"), cann);
  EXPECT_EQ(tagged("redis", "latest"), tagged("redis", "7.2-oe2403lts"));
  EXPECT_NE(tagged("redis", "latest"), tagged("redis", "7.0-oe2403lts"));
}

TEST_F(RollOut, BuildsNothingTheSecondTime) {
  publish();
  auto outcomes = publish();
  EXPECT_THAT(built, IsEmpty());
  for (const ImageOutcome& outcome : outcomes) EXPECT_EQ(outcome.state, State::up_to_date) << outcome.id;
  terms.make.rebuild = true;
  publish({"redis:7.0-oe2403lts"});
  EXPECT_THAT(built, UnorderedElementsAre("redis_7.0-oe2403lts amd64", "redis_7.0-oe2403lts arm64"));
}

TEST_F(RollOut, ABaseThatChangedHasExactlyItsDependantsBuiltAgain) {
  publish();
  write("AI/cann/8.0/24.03-lts/Dockerfile", "FROM openeuler/openeuler:24.03-lts\nRUN update\n");
  EXPECT_THAT(states(publish()), testing::Contains("torch_2.5-oe2403lts published"));
  EXPECT_THAT(built, UnorderedElementsAre("cann_8.0-oe2403lts amd64", "cann_8.0-oe2403lts arm64",
                                          "torch_2.5-oe2403lts amd64", "torch_2.5-oe2403lts arm64"));
}

TEST_F(RollOut, AFailureTakesAlongWhatIsBuiltOnItAndNothingElse) {
  failing = {"cann_8.0-oe2403lts arm64"};
  auto outcomes = publish();
  EXPECT_THAT(states(outcomes),
              UnorderedElementsAre("cann_8.0-oe2403lts failed", "torch_2.5-oe2403lts skipped",
                                   "redis_7.2-oe2403lts published", "redis_7.0-oe2403lts published",
                                   "openeuler_24.03-lts published"));
  for (const ImageOutcome& outcome : outcomes) {
    if (outcome.state != State::skipped) continue;
    EXPECT_EQ(outcome.because, "it is built on cann_8.0-oe2403lts, which is failed");
  }
  EXPECT_EQ(tagged("cann", "8.0-oe2403lts"), std::nullopt);
}

TEST_F(RollOut, APlatformThatIsOptionalMayFail) {
  policy = Policy::parse("images: {cann: {optional: arm64}}", "p").value();
  failing = {"cann_8.0-oe2403lts arm64"};
  auto outcomes = publish({"openeuler:24.03-lts", "cann:8.0-oe2403lts"});
  EXPECT_THAT(states(outcomes),
              UnorderedElementsAre("openeuler_24.03-lts published", "cann_8.0-oe2403lts published"));
  ASSERT_EQ(outcomes[1].notes.size(), 1u);
  EXPECT_THAT(outcomes[1].notes[0],
              HasSubstr("linux/arm64 is optional and missing: cann_8.0-oe2403lts arm64: exit status 1"));
  EXPECT_THAT(outcomes[1].built, ElementsAre(amd64));
}

TEST_F(RollOut, TwoTagsOfOneDockerfileAreBuiltOnce) {
  image("AI/cann",
        {{"8.0-oe2403lts", "8.0/24.03-lts/Dockerfile"}, {"8-oe2403lts", "8.0/24.03-lts/Dockerfile"}});
  publish({"openeuler:24.03-lts", "cann:8.0-oe2403lts", "cann:8-oe2403lts"});
  EXPECT_EQ(built.size(), 4u);
  EXPECT_EQ(tagged("cann", "8.0-oe2403lts"), tagged("cann", "8-oe2403lts"));
  EXPECT_NE(tagged("cann", "8-oe2403lts"), std::nullopt);
}

TEST_F(RollOut, TagsKeepTheirCase) {
  image("AI/cann", {{"8.0.RC1-oe2403LTS", "8.0/24.03-lts/Dockerfile"}});
  publish({"openeuler:24.03-lts", "cann:8.0.RC1-oe2403LTS"});
  EXPECT_NE(tagged("cann", "8.0.RC1-oe2403LTS"), std::nullopt);
  EXPECT_EQ(tagged("cann", "8.0.rc1-oe2403lts"), std::nullopt);
}

TEST_F(RollOut, LatestMovesOnlyWithItsOwnImageAndNeverBack) {
  publish({"openeuler:24.03-lts", "redis:7.0-oe2403lts"});
  EXPECT_EQ(tagged("redis", "latest"), std::nullopt);
  publish({"redis:7.2-oe2403lts"});
  auto latest = tagged("redis", "latest");
  EXPECT_EQ(latest, tagged("redis", "7.2-oe2403lts"));
  // A catalogue that never heard of 7.2.
  image("AI/redis", {{"7.0-oe2403lts", "7.0/24.03-lts/Dockerfile"}});
  auto outcomes = publish({"redis:7.0-oe2403lts"});
  EXPECT_EQ(tagged("redis", "latest"), latest);
  ASSERT_EQ(outcomes[0].notes.size(), 1u);
  EXPECT_THAT(outcomes[0].notes[0], HasSubstr("latest stays: it names 7.2-oe2403lts"));
  terms.allowed.allow_older = true;
  publish({"redis:7.0-oe2403lts"});
  EXPECT_EQ(tagged("redis", "latest"), tagged("redis", "7.0-oe2403lts"));
}

TEST_F(RollOut, LatestIsComparedByTheHighestOfSeveralTags) {
  image("AI/redis",
        {{"7-oe2403lts", "7.0/24.03-lts/Dockerfile"}, {"7.2-oe2403lts", "7.0/24.03-lts/Dockerfile"}});
  publish();
  auto latest = tagged("redis", "7.2-oe2403lts");
  EXPECT_EQ(tagged("redis", "latest"), latest);
  // Lower than 7.2, higher than the first tag of its image.
  image("AI/redis", {{"7.1-oe2403lts", "7.2/24.03-lts/Dockerfile"}});
  publish({"redis:7.1-oe2403lts"});
  EXPECT_EQ(tagged("redis", "latest"), latest);
  // Higher than 7.2, by its second tag.
  image("AI/redis",
        {{"7-oe2403lts", "7.2/24.03-lts/Dockerfile"}, {"7.3-oe2403lts", "7.2/24.03-lts/Dockerfile"}});
  publish({"redis:7-oe2403lts", "redis:7.3-oe2403lts"});
  EXPECT_NE(tagged("redis", "latest"), latest);
  EXPECT_EQ(tagged("redis", "latest"), tagged("redis", "7.3-oe2403lts"));
}

TEST_F(RollOut, AnotherRegistryIsGivenWhatTheFirstHas) {
  publish({"openeuler:24.03-lts", "cann:8.0-oe2403lts"});
  fs::remove_all(store_ / "recipes");
  destinations = {"first", "second"};
  auto outcomes = publish({"openeuler:24.03-lts", "cann:8.0-oe2403lts"});
  EXPECT_THAT(built, IsEmpty());
  EXPECT_EQ(outcomes[1].state, State::published) << outcomes[1].because;
  EXPECT_EQ(tagged("cann", "8.0-oe2403lts", "second"), tagged("cann", "8.0-oe2403lts"));
}

TEST_F(RollOut, WhatWasBuiltIsNotBuiltAgainWhenItCouldNotBeSent) {
  publish({"openeuler:24.03-lts"});
  before = [](const std::string& operation) -> Done {
    if (operation == "put_blob") return unavailable("503");
    return {};
  };
  EXPECT_THAT(states(publish({"cann:8.0-oe2403lts"})), ElementsAre("cann_8.0-oe2403lts failed"));
  EXPECT_EQ(built.size(), 2u);
  before = nullptr;
  EXPECT_THAT(states(publish({"cann:8.0-oe2403lts"})), ElementsAre("cann_8.0-oe2403lts published"));
  EXPECT_THAT(built, IsEmpty());
}

TEST_F(RollOut, StandsAsAnyEngineWouldHaveItWhereNoneIsInstalled) {
  publish();
  EXPECT_EQ(standing("fake")["cann:8.0-oe2403lts"], "up to date");
  EXPECT_EQ(standing("another")["openeuler:24.03-lts"], "changed");
  EXPECT_EQ(standing(std::nullopt, {"another", "fake"})["cann:8.0-oe2403lts"], "up to date");
  EXPECT_EQ(standing(std::nullopt, {"another"})["cann:8.0-oe2403lts"], "changed");
  write("Base/openeuler/24.03-lts/more", "x");
  auto states = standing(std::nullopt, {"another", "fake"});
  EXPECT_EQ(states["openeuler:24.03-lts"], "changed");
  EXPECT_EQ(states["torch:2.5-oe2403lts"], "base waits");
}

TEST_F(RollOut, ASilentRegistryIsNotAskedAboutEveryImage) {
  for (int i = 0; i < 40; ++i) {
    std::string name = fmt::format("more{}", i);
    image("AI/" + name, {{"1-oe2403lts", "1/24.03-lts/Dockerfile"}});
    write("AI/" + name + "/1/24.03-lts/Dockerfile", "FROM scratch\nCOPY Dockerfile /\n");
    write("AI/image-list.yml",
          test::read_text(tree_ / "AI/image-list.yml") + "  " + name + ": " + name + "\n");
  }
  destinations = {"second"};
  std::atomic<int> asked = 0;
  before = [&](const std::string&) -> Done {
    ++asked;
    return unavailable("nobody is there");
  };
  auto states = standing("fake");
  EXPECT_EQ(states["more39:1-oe2403lts"], "could not look");
  EXPECT_GE(states.size(), 80u);
  // Those that look at the same time have all begun by then.
  EXPECT_LT(asked, 60) << "of more than 80";
}

TEST_F(RollOut, SaysWhichBaseIsMissing) {
  auto outcomes = publish({"torch:2.5-oe2403lts"});
  EXPECT_EQ(outcomes[0].state, State::failed);
  EXPECT_EQ(outcomes[0].because,
            "the base openeuler/cann:8.0-oe2403lts is not in first/openeuler: publish it first, or name a "
            "registry that has it with --base-from");
}

TEST_F(RollOut, BeginsNothingMoreWhenItIsStopped) {
  stop.request_stop();
  for (const ImageOutcome& outcome : publish()) EXPECT_EQ(outcome.state, State::stopped) << outcome.id;
  EXPECT_THAT(built, IsEmpty());
}

}  // namespace
}  // namespace eulerpublisher::rollout
