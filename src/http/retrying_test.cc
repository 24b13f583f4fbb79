#include "http/retrying.h"

#include <gmock/gmock.h>

#include "base/log.h"
#include "support/http_fakes.h"

namespace eulerpublisher::http {
namespace {

using namespace std::chrono_literals;
using test::FakeClient;
using test::FakeClock;
using test::FakeRandom;
using test::request_to;
using test::status;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr char url[] = "https://registry.example/v2/";

class RetryingTest : public ::testing::Test {
 protected:
  RetryingTest() { set_log(LogLevel::warning, nullptr); }
  Result<Response> send(FakeClient& client, const Request& request, RetryRules rules = {}) {
    Retrying retrying(client, clock, random, rules);
    return retrying.send(request, {});
  }
  FakeClock clock;
  FakeRandom random;
};

TEST_F(RetryingTest, WaitsLongerAndLongerAndReturnsTheLastAnswer) {
  FakeClient client([](const Request&) { return status(503); });
  auto response = send(client, request_to(url));
  ASSERT_TRUE(response.has_value());
  EXPECT_EQ(response->status, 503);
  EXPECT_EQ(client.asked.size(), 6u);
  EXPECT_THAT(clock.slept, ElementsAre(500ms, 1000ms, 2000ms, 4000ms, 8000ms));
}

TEST_F(RetryingTest, SaysAfterHowManyTriesAnErrorStayed) {
  FakeClient client([](const Request&) -> Result<Response> { return unavailable("connection refused"); });
  auto response = send(client, request_to(url));
  ASSERT_FALSE(response.has_value());
  EXPECT_EQ(response.error().kind(), ErrorKind::unavailable);
  EXPECT_EQ(response.error().text(), "connection refused after 6 tries");
}

TEST_F(RetryingTest, EndsAsSoonAsItWorks) {
  int left = 2;
  FakeClient client([&](const Request&) -> Result<Response> {
    if (left-- > 0) return unavailable("cut");
    return status(201);
  });
  EXPECT_EQ(send(client, request_to(url, "PUT"))->status, 201);
  EXPECT_EQ(client.asked.size(), 3u);
}

TEST_F(RetryingTest, RepeatsOnlyWhatMayPass) {
  for (int code : {200, 204, 307, 400, 401, 403, 404, 405, 413, 416, 501}) {
    FakeClient client([&](const Request&) { return status(code); });
    EXPECT_EQ(send(client, request_to(url))->status, code);
    EXPECT_EQ(client.asked.size(), 1u) << code;
  }
  for (int code : {408, 425, 429, 500, 502, 503, 504, 520}) {
    FakeClient client([&](const Request&) { return status(code); });
    EXPECT_EQ(send(client, request_to(url))->status, code);
    EXPECT_EQ(client.asked.size(), 6u) << code;
  }
  for (auto kind : {ErrorKind::denied, ErrorKind::corrupt, ErrorKind::cancelled, ErrorKind::invalid}) {
    FakeClient client([&](const Request&) -> Result<Response> { return Error(kind, "no"); });
    EXPECT_FALSE(send(client, request_to(url)).has_value());
    EXPECT_EQ(client.asked.size(), 1u);
  }
}

TEST_F(RetryingTest, WaitsAtLeastAsLongAsTheServerAsksInSecondsOrAsADate) {
  std::vector<std::string> asked = {"7", "Sat, 01 Jun 2024 10:00:19 GMT", "nonsense"};
  FakeClient client([&](const Request&) {
    if (asked.empty()) return status(200);
    std::string value = asked.front();
    asked.erase(asked.begin());
    return status(503, {{"Retry-After", value}});
  });
  EXPECT_EQ(send(client, request_to(url))->status, 200);
  EXPECT_THAT(clock.slept, ElementsAre(7000ms, 12000ms, 2000ms));
}

TEST_F(RetryingTest, TakesAnAnswerThatAsksForTooMuchPatienceAsFinal) {
  for (std::string value : {"86400", "99999999999999999999", "Fri, 31 Dec 9999 23:59:59 GMT"}) {
    FakeClient client([&](const Request&) { return status(429, {{"Retry-After", value}}); });
    EXPECT_EQ(send(client, request_to(url))->status, 429) << value;
    EXPECT_EQ(client.asked.size(), 1u) << value;
    EXPECT_TRUE(clock.slept.empty()) << value;
  }
}

TEST_F(RetryingTest, LeavesAHostAloneThatAskedForIt) {
  bool busy = true;
  FakeClient client([&](const Request& request) {
    if (busy && request.method == "PATCH") return status(429, {{"Retry-After", "20"}});
    return status(200);
  });
  Retrying retrying(client, clock, random);
  EXPECT_EQ(retrying.send(request_to(url, "PATCH"), {})->status, 429);
  EXPECT_TRUE(clock.slept.empty());
  EXPECT_EQ(retrying.send(request_to(url), {})->status, 200);
  EXPECT_EQ(clock.whole(), 20s);
  EXPECT_EQ(retrying.send(request_to("https://other.example/"), {})->status, 200);
  EXPECT_EQ(clock.whole(), 20s);
}

TEST_F(RetryingTest, SharesOneBudgetAmongAllRequestsToAHost) {
  FakeClient client([](const Request&) { return status(500); });
  RetryRules rules;
  rules.budget = 8;
  rules.first_wait = 0ms;
  Retrying retrying(client, clock, random, rules);
  for (int i = 0; i < 10; ++i) (void)retrying.send(request_to(url), {});
  EXPECT_EQ(client.asked.size(), 10u + 8u);
  (void)retrying.send(request_to("https://other.example/"), {});
  EXPECT_EQ(client.asked.size(), 10u + 8u + 6u);
  clock.pass(25s);
  (void)retrying.send(request_to(url), {});
  EXPECT_EQ(client.asked.size(), 10u + 8u + 6u + 3u);
}

TEST_F(RetryingTest, NeverRepeatsAPieceOfAnUpload) {
  FakeClient client([](const Request&) { return status(500); });
  EXPECT_EQ(send(client, request_to(url, "PATCH"))->status, 500);
  Request once = request_to(url, "PUT");
  once.repeatable = false;
  EXPECT_EQ(send(client, once)->status, 500);
  EXPECT_EQ(client.asked.size(), 2u);
}

TEST_F(RetryingTest, LeavesADownloadThatHasBegunToWhoeverCanResumeIt) {
  FakeClient client([](const Request& request) -> Result<Response> {
    if (Done done = request.into->write(as_bytes("part")); !done.has_value()) return done.error();
    return unavailable("cut after 4 of 10 bytes");
  });
  MemorySink sink(100);
  Request request = request_to(url);
  request.into = &sink;
  auto response = send(client, request);
  ASSERT_FALSE(response.has_value());
  EXPECT_EQ(response.error().text(), "cut after 4 of 10 bytes");
  EXPECT_EQ(client.asked.size(), 1u);
}

class BrokenBlob : public Blob {
 public:
  std::optional<Descriptor> descriptor() const override { return std::nullopt; }
  Result<std::unique_ptr<Source>> open(uint64_t, std::stop_token) const override {
    return unavailable("the download ended");
  }
};

TEST_F(RetryingTest, DoesNotRepeatWhatItsOwnSourceFailedWith) {
  FakeClient client([](const Request& request) -> Result<Response> {
    auto source = TRY(request.body->blob->open(0, {}));
    return status(200);
  });
  BrokenBlob blob;
  Request request = request_to(url, "PUT");
  request.body = Body{&blob, 0, {}};
  EXPECT_FALSE(send(client, request).has_value());
  EXPECT_EQ(client.asked.size(), 1u);
}

TEST_F(RetryingTest, TellsEachRepetitionWithoutSecrets) {
  auto lines = std::make_shared<std::string>();  // the log keeps its receiver
  set_log(LogLevel::info, [lines](LogLevel, const std::string& line) { *lines += line + "\n"; });
  int left = 1;
  FakeClient client([&](const Request&) { return left-- > 0 ? status(502) : status(200); });
  EXPECT_EQ(send(client, request_to(std::string(url) + "?token=marked"))->status, 200);
  set_log(LogLevel::warning, nullptr);
  EXPECT_THAT(
      *lines,
      HasSubstr("GET https://registry.example/v2/?token=***: 502; trying again in 0.5 s (try 2 of 6)"));
}

TEST_F(RetryingTest, StopsWaitingWhenStopped) {
  FakeClient client([](const Request&) { return status(503); });
  std::stop_source stop;
  stop.request_stop();
  Retrying retrying(client, clock, random);
  auto response = retrying.send(request_to(url), stop.get_token());
  ASSERT_FALSE(response.has_value());
  EXPECT_EQ(response.error().kind(), ErrorKind::cancelled);
}

}  // namespace
}  // namespace eulerpublisher::http
