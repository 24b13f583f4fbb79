#include "http/revalidating.h"

#include <gtest/gtest.h>

#include "support/http_fakes.h"

namespace eulerpublisher::http {
namespace {

using test::FakeClient;
using test::request_to;

const std::string listing = "https://repo.example/openEuler-24.03-LTS/docker_img/update/";
const std::string morning = "Sat, 01 Jun 2024 10:00:00 GMT";
const std::string second_later = "Sat, 01 Jun 2024 10:00:01 GMT";
const std::string noon = "Sat, 01 Jun 2024 12:00:00 GMT";

// A server with one document; it answers 304 to whoever has it.
struct Server {
  std::string body = "first";
  Headers headers{{"ETag", "\"1\""}, {"Last-Modified", morning}, {"Date", noon}};

  Result<Response> operator()(const Request& request) const {
    auto etag = request.headers.get("If-None-Match");
    auto since = request.headers.get("If-Modified-Since");
    bool same = etag ? etag == headers.get("ETag") : since && since == headers.get("Last-Modified");
    return same ? test::status(304, headers) : test::status(200, headers, body);
  }
};

struct RevalidatingTest : testing::Test {
  Server server;
  FakeClient next{[this](const Request& request) { return server(request); }};
  Revalidating client{next};

  std::string read() {
    auto response = client.send(request_to(listing), {});
    return response && response->ok() ? response->body : "no answer";
  }
};

TEST_F(RevalidatingTest, WhatHasNotChangedIsTakenFromMemory) {
  EXPECT_EQ(read(), "first");
  EXPECT_EQ(read(), "first");
  EXPECT_EQ(next.asked.back().headers.get("If-None-Match"), "\"1\"");
  EXPECT_EQ(next.asked.back().headers.get("If-Modified-Since"), morning);
  EXPECT_EQ(client.unchanged(), 1u);
}

TEST_F(RevalidatingTest, WhatHasChangedIsReadAnew) {
  EXPECT_EQ(read(), "first");
  server.body = "second";
  server.headers.set("ETag", "\"2\"");
  EXPECT_EQ(read(), "second");
  EXPECT_EQ(read(), "second");
  EXPECT_EQ(client.unchanged(), 1u);
}

TEST_F(RevalidatingTest, ADateAloneIsEnough) {
  server.headers.remove("ETag");
  EXPECT_EQ(read(), "first");
  EXPECT_EQ(read(), "first");
  EXPECT_EQ(client.unchanged(), 1u);
}

TEST_F(RevalidatingTest, WhatChangedAMomentBeforeItWasSentIsReadAgain) {
  server.headers.set("Date", second_later);
  EXPECT_EQ(read(), "first");
  server.body = "second";  // of the same length within the same second: the same ETag in nginx
  EXPECT_EQ(read(), "second");
  EXPECT_TRUE(client.kept().empty());
}

TEST_F(RevalidatingTest, WhatTheServerHasNoNameForIsAlwaysReadAnew) {
  server.headers = {{"Date", noon}};
  EXPECT_EQ(read(), "first");
  server.body = "second";
  EXPECT_EQ(read(), "second");
}

TEST_F(RevalidatingTest, AFileThatIsGoneIsGone) {
  EXPECT_EQ(read(), "first");
  FakeClient none([](const Request&) { return test::status(404); });
  Revalidating other(none);
  other.keep(client.kept());
  EXPECT_EQ(other.send(request_to(listing), {})->status, 404);
  EXPECT_TRUE(other.kept().empty());
}

TEST_F(RevalidatingTest, WhatWasKeptServesAfterARestart) {
  EXPECT_EQ(read(), "first");
  Revalidating restarted(next);
  restarted.keep(client.kept());
  EXPECT_EQ(restarted.send(request_to(listing), {})->body, "first");
  EXPECT_EQ(restarted.unchanged(), 1u);
}

TEST_F(RevalidatingTest, WhatNobodyAsksForAnyMoreIsForgotten) {
  read();
  client.forget_unused();
  EXPECT_EQ(client.kept().size(), 1u);
  client.forget_unused();
  EXPECT_TRUE(client.kept().empty());
}

TEST_F(RevalidatingTest, PartsOfFilesPassThrough) {
  Request request = request_to(listing);
  request.headers.set("Range", "bytes=5-");
  (void)client.send(request, {});
  EXPECT_TRUE(client.kept().empty());
}

}  // namespace
}  // namespace eulerpublisher::http
