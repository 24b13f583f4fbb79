// kill -9 at moments spread over a publish, and the registry killed and started again: the next run ends in
// the same state as an undisturbed one.  A few moments in ctest; a hundred with EP_FAULTS=all
// (scripts/kill-full.sh).

#include <sqlite3.h>

#include <cstdio>
#include <set>
#include <thread>

#include "faults/real_publish.h"
#include "http/curl_client.h"
#include "registry/children.h"
#include "registry/remote_repository.h"
#include "release/journal.h"

namespace eulerpublisher::test {
namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

milliseconds since(steady_clock::time_point begin) {
  return std::chrono::duration_cast<milliseconds>(steady_clock::now() - begin);
}

// Every file of a store, but for its locks: what it holds, by name.
std::set<std::string> files_in(const fs::path& store) {
  std::set<std::string> files;
  for (const auto& entry : fs::recursive_directory_iterator(store))
    if (entry.is_regular_file() && !entry.path().filename().string().ends_with("lock"))
      files.insert(fs::relative(entry.path(), store).string());
  return files;
}

std::string unfinished_in(const fs::path& state) {
  auto journal = Journal::open(state, system_clock());
  if (!journal) return journal.error().text();
  auto unfinished = (*journal)->unfinished();
  if (!unfinished) return unfinished.error().text();
  return unfinished->empty() ? "" : unfinished->front().release;
}

// What an index lacks in one repository, asked of the registry itself.
std::string missing(const RegistryServer& server, const std::string& repository, const Digest& index) {
  http::CurlClient client;
  RemoteRepository reader(std::make_shared<Registry>(client, server.host()),
                          *RepositoryName::parse(repository));
  std::vector<Digest> left{index};
  while (!left.empty()) {
    Digest digest = left.back();
    left.pop_back();
    auto manifest = reader.manifest(digest, {});
    if (!manifest) return manifest.error().text();
    auto children = children_of(*manifest).value();
    for (const Descriptor& child : children) {
      if (child.platform) {
        left.push_back(child.digest);
        continue;
      }
      auto size = reader.has_blob(child.digest, {});
      if (!size || !*size || **size != child.size) return "blob " + child.digest.text();
    }
  }
  return {};
}

// When a run, or a registry, is killed.
struct Moment {
  double part = 0;       // of the time that an undisturbed publish takes, or
  size_t manifests = 0;  // after that many PUTs of manifests and tags reached
  size_t registry = 0;   // this registry
  std::string text() const {
    return manifests == 0 ? fmt::format("after {:.0f} % of the time", part * 100)
                          : fmt::format("after PUT {} of a manifest at registry {}", manifests, registry + 1);
  }
};

// Six manifests and tags a registry: by time, and where it hurts most, in the commit.
std::vector<Moment> moments(size_t timed, const std::vector<size_t>& puts) {
  std::vector<Moment> all;
  for (size_t i = 0; i < timed; ++i)
    all.push_back({(static_cast<double>(i) + 0.5) / static_cast<double>(timed), 0, 0});
  for (size_t number : puts)
    for (size_t registry : {0, 1}) all.push_back({0, number, registry});
  return all;
}

class KillTest : public RealPublish {
 protected:
  void SetUp() override {
    RealPublish::SetUp();
    if (IsSkipped() || HasFatalFailure()) return;
    start_registry();
    start_registry();
    Machine machine;
    expect_ok(machine.run(publish(older(), "kill/undisturbed")));
    auto begin = steady_clock::now();
    Ran ran = machine.run(publish(newer(), "kill/undisturbed", {"--json"}));
    duration_ = since(begin);
    expect_ok(ran);
    made_ = digest_told(ran);
    store_ = files_in(machine.store());
  }

  static void expect_ok(const Ran& ran) { ASSERT_TRUE(ran.ok()) << told(ran); }

  // Waits for the moment, or until the process has ended.
  void wait_for(const Moment& moment, const std::string& repository, Process& process) {
    auto begin = steady_clock::now();
    std::string put = "PUT /v2/" + repository + "/manifests/";
    while (process.running()) {
      if (moment.manifests == 0 && since(begin) >= moment.part * duration_) return;
      if (moment.manifests > 0 && puts_at(moment.registry, put) >= before_ + moment.manifests) return;
      std::this_thread::sleep_for(milliseconds(1));
    }
  }
  size_t puts_at(size_t number, const std::string& put) {
    // The access log only: the registry's own lines name the request in another form.
    return count_lines(registry(number).log(), "\"" + put);
  }

  // The same state as undisturbed: tags, contents, store and journal.
  std::vector<std::string> differences(const Machine& machine, const std::string& repository) {
    std::vector<std::string> all;
    for (size_t number : {0, 1}) {
      for (const std::string& name : tag_names)
        if (tagged_in(registry(number), name, repository) != made_)
          all.push_back(fmt::format("{} at registry {} names something else", name, number + 1));
      if (std::string lacks = missing(registry(number), repository, *made_); !lacks.empty())
        all.push_back(lacks);
    }
    if (files_in(machine.store()) != store_) {
      for (const std::string& file : files_in(machine.store()))
        if (!store_.contains(file)) all.push_back("the store has " + file + " too much");
      all.push_back("the store is not as it was");
    }
    if (std::string open = unfinished_in(machine.state()); !open.empty())
      all.push_back("unfinished: " + open);
    return all;
  }

  // Before the next run: whatever a tag names is old or new, and whole.
  std::vector<std::string> half_visible(const std::string& repository, const Digest& old) {
    std::vector<std::string> all;
    for (size_t number : {0, 1})
      for (const std::string& name : tag_names) {
        std::string wrong;
        // A registry may still be at work on the last request of a run that is no more: it empties a tag's
        // file before it writes it.
        for (int looks = 0; looks < 20; ++looks) {
          if (looks > 0) std::this_thread::sleep_for(milliseconds(50));
          auto names = tagged_in(registry(number), name, repository);
          bool known = names && (*names == old || *names == *made_);
          wrong = known ? missing(registry(number), repository, *names) : names ? names->text() : "nothing";
          if (wrong.empty()) break;
        }
        if (!wrong.empty()) all.push_back(fmt::format("{} at registry {}: {}", name, number + 1, wrong));
      }
    return all;
  }

  milliseconds duration_{0};
  std::optional<Digest> made_;
  std::set<std::string> store_;
  size_t before_ = 0;  // PUTs of manifests before the run that is killed
};

TEST_F(KillTest, TheRunAfterKill9EndsLikeAnUndisturbedOne) {
  auto all = every_case() ? moments(76, {1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6}) : moments(4, {4, 5});
  size_t killed = 0, had_ended = 0, wrong = 0, number = 0;
  for (const Moment& moment : all) {
    std::string repository = fmt::format("kill/m{}", ++number);
    SCOPED_TRACE(moment.text());
    Machine machine;
    Ran old = machine.run(publish(older(), repository, {"--json"}));
    ASSERT_TRUE(old.ok()) << told(old);
    before_ = puts_at(moment.registry, "PUT /v2/" + repository + "/manifests/");
    Process process = Process::start(machine.command(publish(newer(), repository))).value();
    wait_for(moment, repository, process);
    ++(process.running() ? killed : had_ended);
    process.kill();
    process.wait();
    auto wrongs = half_visible(repository, digest_told(old));
    Ran again = machine.run(publish(newer(), repository));
    EXPECT_TRUE(again.ok()) << told(again);
    auto differ = differences(machine, repository);
    wrongs.insert(wrongs.end(), differ.begin(), differ.end());
    EXPECT_THAT(wrongs, testing::IsEmpty()) << told(again);
    wrong += wrongs.empty() && again.ok() ? 0 : 1;
  }
  std::printf(
      "KILLED the program: moments %zu (%zu within the run, %zu just after it), the next run right %zu, "
      "wrong %zu\n",
      all.size(), killed, had_ended, all.size() - wrong, wrong);
}

TEST_F(KillTest, ARegistryThatIsKilledAndStartedAgainEndsWithTheSameTags) {
  auto all = every_case() ? moments(76, {1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6}) : moments(2, {4});
  size_t by_itself = 0, wrong = 0, number = 0;
  for (Moment moment : all) {
    std::string repository = fmt::format("restart/m{}", ++number);
    if (moment.manifests == 0) moment.registry = number % 2;
    SCOPED_TRACE(moment.text());
    Machine machine;
    Ran old = machine.run(publish(older(), repository, {"--json"}));
    ASSERT_TRUE(old.ok()) << told(old);
    before_ = puts_at(moment.registry, "PUT /v2/" + repository + "/manifests/");
    Process process = Process::start(machine.command(publish(newer(), repository))).value();
    wait_for(moment, repository, process);
    registry(moment.registry).kill();
    // Long enough to be seen.
    std::this_thread::sleep_for(milliseconds(100));
    Done restarted = registry(moment.registry).restart();
    ASSERT_TRUE(restarted.has_value()) << restarted.error().text();
    bool ended_right = process.wait() == 0;
    by_itself += ended_right ? 1 : 0;
    auto wrongs = half_visible(repository, digest_told(old));
    if (!ended_right) {
      Ran again = machine.run(publish(newer(), repository));
      EXPECT_TRUE(again.ok()) << told(again);
    }
    auto differ = differences(machine, repository);
    wrongs.insert(wrongs.end(), differ.begin(), differ.end());
    EXPECT_THAT(wrongs, testing::IsEmpty()) << read_text(machine.log());
    wrong += wrongs.empty() ? 0 : 1;
  }
  std::printf("KILLED a registry: moments %zu, ended right by itself %zu, after another run %zu, wrong %zu\n",
              all.size(), by_itself, all.size() - by_itself - wrong, wrong);
}

// The journal's events in their order, each by its release; without those of runs that had nothing to do.
std::vector<std::string> releases_of_events(const fs::path& state) {
  std::vector<std::string> releases;
  sqlite3* database = nullptr;
  sqlite3_open_v2((state / "journal.db").c_str(), &database, SQLITE_OPEN_READONLY, nullptr);
  sqlite3_exec(
      database,
      "SELECT release FROM event WHERE release NOT IN (SELECT id FROM release WHERE result = 'nothing to "
      "do') "
      "ORDER BY number",
      [](void* into, int, char** row, char**) {
        static_cast<std::vector<std::string>*>(into)->push_back(row[0]);
        return 0;
      },
      &releases, nullptr);
  sqlite3_close(database);
  return releases;
}

TEST_F(KillTest, TwoRunsAtOnceTakeTurns) {
  for (int round = 0; round < (every_case() ? 20 : 2); ++round) {
    std::string repository = fmt::format("turns/r{}", round);
    Machine machine;
    std::string begun = "/v2/" + repository + "/";
    Process first = Process::start(machine.command(publish(older(), repository))).value();
    for (int waited = 0; waited < 5000 && registry(0).log().find(begun) == std::string::npos; ++waited)
      std::this_thread::sleep_for(milliseconds(1));
    Ran second = machine.run(publish(newer(), repository, {"--json"}));
    EXPECT_EQ(first.wait(), 0) << read_text(machine.log());
    ASSERT_TRUE(second.ok()) << told(second);
    EXPECT_THAT(second.err, testing::HasSubstr("another run is publishing to"));
    Ran third = machine.run(publish(newer(), repository, {"--json"}));
    EXPECT_THAT(third.out, testing::HasSubstr("nothing to do"));
    EXPECT_THAT(differences(machine, repository), testing::IsEmpty());
    // All of the first, then all of the second.
    auto releases = releases_of_events(machine.state());
    std::set<std::string> different(releases.begin(), releases.end());
    EXPECT_EQ(different.size(), 2u);
    size_t changes = 0;
    for (size_t i = 1; i < releases.size(); ++i) changes += releases[i] == releases[i - 1] ? 0 : 1;
    EXPECT_EQ(changes, 1u) << "they interleave";
  }
}

TEST_F(KillTest, OfTwoRunsOfTheSameReleaseTheSecondFindsNothingToDo) {
  Machine machine;
  Process first = Process::start(machine.command(publish(newer(), "twice/same"))).value();
  Ran second = machine.run(publish(newer(), "twice/same", {"--json"}));
  int first_status = first.wait();
  EXPECT_EQ(first_status, 0) << read_text(machine.log());
  ASSERT_TRUE(second.ok()) << told(second);
  auto releases = releases_of_events(machine.state());
  EXPECT_EQ(std::set<std::string>(releases.begin(), releases.end()).size(), 1u) << "one of them did it all";
  EXPECT_EQ(tagged_in(registry(1), "latest", "twice/same"), made_);
}

}  // namespace
}  // namespace eulerpublisher::test
