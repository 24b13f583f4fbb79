#include "sync/metrics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <regex>
#include <sstream>

namespace eulerpublisher::sync {
namespace {

using testing::HasSubstr;

struct MetricsTest : testing::Test {
  Instant now = *parse_rfc3339("2024-06-02T00:00:00Z");
  Round round;
  Totals totals;
  Attempts attempts;
  NotYetSince since;

  MetricsTest() {
    round.started = now - std::chrono::milliseconds(1500);
    round.finished = now;
    Seen seen{digest_of("{}"), {}};
    seen.content.update_date = "2024-06-01";
    round.versions = {
        {*Version::parse("24.03-LTS"),
         true,
         "docker_img/update/2024-06-01",
         {{"quay.io", Agreement::agreed, seen, ""}, {"oci:a\"b\\c", Agreement::absent, {}, ""}}}};
    totals.rounds = 3;
    totals.releases[{"24.03-LTS", "published"}] = 2;
    totals.hosts["quay.io"] = {10, 20, 30};
    attempts["22.03-LTS"].failures = 2;
    since["24.09 docker_img"] = now - std::chrono::hours(1);
  }
  std::string text() { return metrics_text(round, totals, attempts, since); }
};

TEST_F(MetricsTest, TellWhatWasDoneAndWhatIsThere) {
  for (const char* line : {
           "eulerpublisher_sync_rounds_total 3\n",
           "eulerpublisher_releases_total{version=\"24.03-LTS\",result=\"published\"} 2\n",
           "eulerpublisher_http_sent_bytes_total{host=\"quay.io\"} 20\n",
           "eulerpublisher_sync_last_round_duration_seconds 1.500\n",
           "eulerpublisher_sync_last_success_timestamp_seconds 0\n",
           "eulerpublisher_update_age_seconds{version=\"24.03-LTS\",registry=\"quay.io\"} 86400\n",
           "eulerpublisher_agreed{version=\"24.03-LTS\",registry=\"quay.io\",state=\"agreed\"} 1\n",
           "eulerpublisher_sync_failures{release=\"22.03-LTS\"} 2\n",
           "eulerpublisher_sync_not_yet_seconds{release=\"24.09 docker_img\"} 3600\n",
       })
    EXPECT_THAT(text(), HasSubstr(line));
}

TEST_F(MetricsTest, EscapeWhatTheFormatWantsEscaped) {
  EXPECT_THAT(text(), HasSubstr("registry=\"oci:a\\\"b\\\\c\""));
}

// Every line is a comment or a sample, every sample follows its family, no family stands twice.
TEST_F(MetricsTest, KeepToTheTextFormat) {
  std::istringstream lines(text());
  std::regex sample(
      R"re(([a-z_]+)(\{[a-z]+="([^"\\\n]|\\.)*"(,[a-z]+="([^"\\\n]|\\.)*")*\})? -?[0-9]+(\.[0-9]+)?)re");
  std::set<std::string> families;
  std::string family;
  std::smatch match;
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("# TYPE ")) {
      family = line.substr(7, line.find(' ', 7) - 7);
      EXPECT_TRUE(families.insert(family).second) << line;
    } else if (!line.starts_with("# HELP ")) {
      ASSERT_TRUE(std::regex_match(line, match, sample)) << line;
      EXPECT_TRUE(match[1].str().starts_with(family)) << line;
    }
  }
  EXPECT_GT(families.size(), 12u);
}

}  // namespace
}  // namespace eulerpublisher::sync
