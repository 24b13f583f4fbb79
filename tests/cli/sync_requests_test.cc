// What a look costs when there is nothing to do: 24 versions, 3 registries.

#include <cstdio>
#include <sstream>
#include <thread>

#include "cli/publishing.h"

namespace eulerpublisher {
namespace {

using nlohmann::json;
using test::Process;
using test::Ran;

class SyncRequests : public Publishing {
 protected:
  static constexpr int version_count = 24;

  void SetUp() override {
    Publishing::SetUp();
    if (IsSkipped()) return;
    std::string policy = "architectures: {required: [amd64, arm64], optional: [loong64]}\nversions:\n";
    for (int i = 0; i < version_count; ++i) {
      std::string version = fmt::format("{}.03-LTS{}", 20 + i / 6, i % 6 ? fmt::format("-SP{}", i % 6) : "");
      policy += "  " + version + ": " + (i == version_count - 1 ? "[latest]\n" : "\n");
      site.put_both(version, "docker_img/update/2024-06-01");
      site.point_current_at("2024-06-01", version);
    }
    test::write_text(machine / "policy.yaml", policy);
    for (int i = 0; i < 3; ++i) targets.push_back(start_registry().address());
  }

  Words sync(const Words& more) const {
    Words words{"container", "sync",   "--source", site.url(), "--policy", (machine / "policy.yaml").string(),
                "--metrics", metrics()};
    for (const std::string& target : targets) words.insert(words.end(), {"-g", target});
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
  double requests() const { return sum_of("eulerpublisher_http_requests_total"); }
  double rounds() const { return sum_of("eulerpublisher_sync_rounds_total"); }

  Words targets;
};

TEST_F(SyncRequests, ALookAtWhatIsPublishedTakesAtMostSixForEachVersion) {
  Ran all = machine.run(sync({"--json"}));
  ASSERT_EQ(all.status, 0) << test::told(all);
  EXPECT_EQ(json_of(all)["work"].size(), static_cast<size_t>(version_count));

  double before = requests();
  auto begin = std::chrono::steady_clock::now();
  Ran again = machine.run(sync({"--json", "--once"}));
  std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
  ASSERT_EQ(again.status, 0) << test::told(again);
  EXPECT_EQ(json_of(again)["work"].size(), 0u);
  // HEAD at three registries, the listing, two checksum files; and for all of them together the listing of
  // the source and the tag `latest`.
  double for_once = (requests() - before - 1 - 3) / version_count;
  EXPECT_LE(for_once, 6);

  Process service = Process::start(machine.command(sync({"--every", "50ms"}))).value();
  auto wait_for = [&](double round) {
    for (int waited = 0; waited < 1200 && rounds() < round; ++waited)
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
    ASSERT_GE(rounds(), round) << test::read_text(machine.log());
  };
  wait_for(rounds() + 2);  // the first looks everywhere
  double first_round = rounds(), first_request = requests();
  wait_for(first_round + 6);
  double each = (requests() - first_request) / (rounds() - first_round) / version_count;
  EXPECT_LE(each, 6);
  EXPECT_GE(each, 4) << "HEAD at three registries, and the listing";
  std::printf(
      "MEASURED: --once %.2f s as a process, %.2f requests a version; a round of the service %.2f s, %.2f "
      "requests a version\n",
      took.count(), for_once, sum_of("eulerpublisher_sync_last_round_duration_seconds"), each);
  service.signal(SIGTERM);
  EXPECT_EQ(service.wait(), 0) << test::read_text(machine.log());
}

}  // namespace
}  // namespace eulerpublisher
