// What a look costs when there is nothing to do: 24 versions, 3 registries.

#include <cstdio>
#include <sstream>
#include <thread>

#include "cli/publishing.h"

namespace eulerpublisher {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using test::Process;
using test::Ran;

class SyncRequests : public Publishing {
 protected:
  static constexpr int version_count = 24;

  // Four series as they are: each recommends its last version, the oldest three have moved to another source,
  // and one of those has had no update yet.
  void SetUp() override {
    Publishing::SetUp();
    if (IsSkipped()) return;
    ASSERT_TRUE(archives.serve().has_value());
    std::string policy = fmt::format(
        "sources: ['{}']\narchitectures: {{required: [amd64, arm64], optional: [loong64]}}\nversions:\n",
        site.url());
    for (int i = 0; i < version_count; ++i) {
      std::string version = fmt::format("{}.03-LTS{}", 20 + i / 6, i % 6 ? fmt::format("-SP{}", i % 6) : "");
      policy += fmt::format("  {}: ", version);
      if (i < 3) policy += fmt::format("{{sources: ['{}', '{}']}}", archives.url(), site.url());
      if (i % 6 == 5) policy += fmt::format("[{}.03{}]", 20 + i / 6, i == 23 ? ", latest" : "");
      policy += "\n";
      test::ReleaseSite& where = i < 3 ? archives : site;
      where.put_both(version, i == 0 ? "docker_img" : "docker_img/update/2024-06-01");
      if (i > 0) where.point_current_at("2024-06-01", version);
    }
    test::write_text(machine / "policy.yaml", policy);
    // Behind a cache, or made as a file, a listing has a name by which it can be asked for: its ETag.
    std::string listing;
    for (const auto& folder : fs::directory_iterator(archives.folder()))
      listing += fmt::format("<a href=\"{0}/\">{0}/</a>\n", folder.path().filename().string());
    fs::path file = archives.folder() / "index.html";
    test::write_text(file, "<pre>" + listing + "</pre>");
    fs::last_write_time(file, fs::file_time_type::clock::now() - std::chrono::hours(1));
    for (int i = 0; i < 3; ++i) registries.push_back(&start_registry());
  }

  // All that is published goes to the first registry, and lies in the others as if it had gone there too.
  void publish_everything() {
    Ran ran = machine.run(sync({registries[0]}, {"--json"}));
    ASSERT_EQ(ran.status, 0) << test::told(ran);
    EXPECT_EQ(json_of(ran)["work"].size(), static_cast<size_t>(version_count));
    for (size_t i = 1; i < registries.size(); ++i)
      fs::copy(registries[0]->storage(), registries[i]->storage(),
               fs::copy_options::recursive | fs::copy_options::overwrite_existing);
    told_elsewhere = told();  // each set of registries has counters of its own
    Ran first_look = machine.run(sync(registries, {"--json"}));
    ASSERT_EQ(first_look.status, 0) << test::told(first_look);
    EXPECT_EQ(json_of(first_look)["work"].size(), 0u);
  }

  Words sync(const std::vector<test::RegistryServer*>& targets, const Words& more) const {
    Words words{"container", "sync",    "--policy",  (machine / "policy.yaml").string(),
                "--metrics", metrics(), "--retries", "0"};
    for (const auto* registry : targets) words.insert(words.end(), {"-g", registry->address()});
    words.insert(words.end(), more.begin(), more.end());
    return words;
  }
  std::string metrics() const { return (machine / "sync.prom").string(); }
  // All samples of a family together.
  double sum_of(const std::string& name) const {
    double sum = 0;
    std::istringstream lines(test::read_text(metrics()));
    for (std::string line; std::getline(lines, line);)
      if (line.starts_with(name) && (line[name.size()] == ' ' || line[name.size()] == '{'))
        sum += std::stod(line.substr(line.rfind(' ') + 1));
    return sum;
  }
  double told() const { return sum_of("eulerpublisher_http_requests_total"); }
  double rounds() const { return sum_of("eulerpublisher_sync_rounds_total"); }
  // Every request that any of the servers has answered.  A server writes its log after it has answered:
  // whatever the program has counted is waited for.
  double answered() {
    auto count = [&] {
      size_t sum = site.asked("HTTP/") + archives.asked("HTTP/");
      for (const auto* registry : registries) sum += test::requests_to(*registry);
      return static_cast<double>(sum) - not_ours;
    };
    for (int waited = 0; waited < 100 && count() < told() + told_elsewhere; ++waited)
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    return count();
  }

  test::ReleaseSite archives;
  std::vector<test::RegistryServer*> registries;
  double not_ours = 0, told_elsewhere = 0;
};

TEST_F(SyncRequests, ALookAtWhatIsPublishedTakesAtMostSixForEachVersionAllCounted) {
  not_ours = answered();  // what the servers were asked until they answered
  publish_everything();
  if (HasFatalFailure()) return;

  double before = answered(), told_before = told();
  auto begin = std::chrono::steady_clock::now();
  Ran again = machine.run(sync(registries, {"--json", "--once"}));
  std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
  ASSERT_EQ(again.status, 0) << test::told(again);
  EXPECT_EQ(json_of(again)["work"].size(), 0u);
  double for_once = (answered() - before) / version_count;
  EXPECT_LE(for_once, 6);
  EXPECT_GE(for_once, 5) << "HEAD at three registries, the listing, and a checksum file";
  EXPECT_EQ(answered() - before, told() - told_before) << "the metrics say what the servers say";
  EXPECT_EQ(archives.asked("GET / HTTP/1.1 304"), 1u) << "a listing that has not changed is not sent again";
  EXPECT_GT(site.asked("sha256sum HTTP/1.1 304"), 0u) << "nor is a checksum file";

  double first_round = rounds(), first_request = answered();
  Process service = Process::start(machine.command(sync(registries, {"--every", "50ms"}))).value();
  for (int waited = 0; waited < 1200 && rounds() < first_round + 6; ++waited)
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  double round_took = sum_of("eulerpublisher_sync_last_round_duration_seconds");
  service.signal(SIGTERM);
  EXPECT_EQ(service.wait(), 0) << test::read_text(machine.log());
  ASSERT_GE(rounds(), first_round + 6) << test::read_text(machine.log());
  double each = (answered() - first_request) / (rounds() - first_round) / version_count;
  EXPECT_LE(each, 6);
  EXPECT_GE(each, 4);
  std::printf(
      "MEASURED: --once %.2f s as a process, %.2f requests a version; a round of the service %.2f s, %.2f "
      "requests a version\n",
      took.count(), for_once, round_took, each);
}

}  // namespace
}  // namespace eulerpublisher
