#include "http/curl_client.h"

#include <gmock/gmock.h>
#include <unistd.h>

#include <cstdlib>
#include <thread>

#include "stream/spool.h"
#include "support/http_server.h"

namespace eulerpublisher::http {
namespace {

using namespace std::chrono_literals;
using test::HttpServer;
using test::ServerAnswer;
using test::ServerRequest;
using ::testing::HasSubstr;

ServerAnswer hello(ServerRequest& request) {
  std::string body = request.read_body();
  return {
      200, {{"Content-Type", "text/plain"}}, body.empty() ? "hello" : "got " + std::to_string(body.size())};
}

ClientOptions impatient(std::chrono::milliseconds patience = 100ms) {
  ClientOptions options;
  options.stall_patience = patience;
  return options;
}

Request get(const std::string& url) {
  Request request;
  request.url = url;
  return request;
}

Request put(const std::string& url, const Blob& blob) {
  Request request;
  request.method = "PUT";
  request.url = url;
  request.body = Body{&blob, 0, {}};
  return request;
}

FileHandle unnamed_file() {
  char name[] = "/tmp/eulerpublisher-test-XXXXXX";
  FileHandle file(mkstemp(name));
  unlink(name);
  return file;
}

Result<Response> send(CurlClient& client, const Request& request, std::stop_token stop = {}) {
  return client.send(request, std::move(stop));
}

TEST(CurlClient, AnswersWithStatusHeadersAndBody) {
  HttpServer server(hello);
  CurlClient client;
  auto response = send(client, get(server.url("/a?b=c")));
  ASSERT_TRUE(response.has_value()) << response.error().text();
  EXPECT_EQ(response->status, 200);
  EXPECT_EQ(response->body, "hello");
  EXPECT_EQ(response->headers.get("content-type"), "text/plain");
  EXPECT_EQ(response->url, server.url("/a?b=c"));
  EXPECT_FALSE(response->from_public);
  EXPECT_EQ(server.seen()[0].target, "/a?b=c");
  EXPECT_THAT(server.seen()[0].headers.get("User-Agent").value_or(""), HasSubstr("eulerpublisher"));
}

TEST(CurlClient, KeepsAConnectionForTheNextRequest) {
  HttpServer server(hello);
  CurlClient client;
  MemoryBlob blob("text/plain", "12345");
  ASSERT_TRUE(send(client, get(server.url())).has_value());
  ASSERT_TRUE(send(client, put(server.url(), blob)).has_value());
  ASSERT_TRUE(send(client, get(server.url("/missing"))).has_value());
  EXPECT_EQ(server.connections(), 1u);
}

TEST(CurlClient, SendsAKnownLengthAndAnEmptyBodyWithoutSurprises) {
  HttpServer server(hello);
  CurlClient client;
  MemoryBlob blob("text/plain", std::string(100'000, 'x'));
  Request part = put(server.url(), blob);
  part.body = Body{&blob, 10, 500};
  EXPECT_EQ(send(client, part)->body, "got 500");
  EXPECT_EQ(send(client, put(server.url(), blob))->body, "got 100000");
  Request post = get(server.url());
  post.method = "POST";
  ASSERT_TRUE(send(client, post).has_value());
  auto seen = server.seen();
  EXPECT_EQ(seen[0].headers.get("Content-Length"), "500");
  EXPECT_EQ(seen[1].headers.get("Content-Length"), "100000");
  EXPECT_EQ(seen[2].headers.get("Content-Length"), "0");
  for (const auto& request : seen) {
    EXPECT_FALSE(request.headers.get("Expect"));
    EXPECT_FALSE(request.headers.get("Transfer-Encoding"));
  }
}

TEST(CurlClient, AsksForTheHeadAlone) {
  HttpServer server([](ServerRequest&) { return ServerAnswer{200, {{"Content-Length", "12345"}}, ""}; });
  CurlClient client;
  Request head = get(server.url());
  head.method = "HEAD";
  auto response = send(client, head);
  ASSERT_TRUE(response.has_value()) << response.error().text();
  EXPECT_EQ(response->headers.get("Content-Length"), "12345");
}

TEST(CurlClient, FollowsAGrowingSpoolInChunks) {
  HttpServer server(hello);
  CurlClient client(impatient(250ms));
  Spool spool(unnamed_file());
  std::string piece(300'000, 'y');
  std::jthread writer([&] {
    for (int i = 0; i < 3; ++i) {
      ASSERT_TRUE(spool.write(as_bytes(piece)).has_value());
      std::this_thread::sleep_for(10ms);
    }
    std::this_thread::sleep_for(350ms);  // longer than the server may stall: our own waiting does not count
    ASSERT_TRUE(spool.finish().has_value());
    spool.seal({"application/octet-stream", digest_of("whatever"), 900'000, {}, {}});
  });
  auto response = send(client, put(server.url(), spool));
  ASSERT_TRUE(response.has_value()) << response.error().text();
  EXPECT_EQ(response->body, "got 900000");
  EXPECT_EQ(server.seen()[0].headers.get("Transfer-Encoding"), "chunked");
}

TEST(CurlClient, SeesARefusalWhileItsOwnSourceIsStillWaiting) {
  HttpServer server([](ServerRequest&) {
    return ServerAnswer{401, {{"WWW-Authenticate", "Basic"}}, "no", false, ServerAnswer::Unread::close};
  });
  CurlClient client;
  Spool spool(unnamed_file());  // never grows
  auto response = send(client, put(server.url(), spool));
  ASSERT_TRUE(response.has_value()) << response.error().text();
  EXPECT_EQ(response->status, 401);
}

TEST(CurlClient, SeesARefusalInMidUploadEvenWhenTheServerHangsUp) {
  HttpServer server([](ServerRequest& request) {
    std::vector<std::byte> room(100'000);
    request.read(room);
    return ServerAnswer{413, {}, "too large", false, ServerAnswer::Unread::close};
  });
  CurlClient client;
  MemoryBlob blob("application/octet-stream", std::string(8'000'000, 'z'));
  for (int i = 0; i < 10; ++i) {
    auto response = send(client, put(server.url(), blob));
    ASSERT_TRUE(response.has_value()) << response.error().text();
    EXPECT_EQ(response->status, 413);
    EXPECT_EQ(response->body, "too large");
  }
}

TEST(CurlClient, PutsASuccessIntoTheSinkAndARefusalIntoTheBody) {
  HttpServer server([](ServerRequest& request) {
    return request.path == "/there" ? ServerAnswer{200, {}, std::string(500'000, 'b')}
                                    : ServerAnswer{404, {}, "none"};
  });
  CurlClient client;
  MemorySink sink(1'000'000);
  Request request = get(server.url("/gone"));
  request.into = &sink;
  EXPECT_EQ(send(client, request)->body, "none");
  EXPECT_EQ(sink.text(), "");
  request.url = server.url("/there");
  EXPECT_EQ(send(client, request)->body, "");
  EXPECT_EQ(sink.text().size(), 500'000u);
  EXPECT_FALSE(sink.finished());
}

TEST(CurlClient, LetsTheHeadOfAnAnswerBeRefused) {
  HttpServer server(hello);
  CurlClient client;
  MemorySink sink(1000);
  Request request = get(server.url());
  request.into = &sink;
  request.on_head = [](const Response& head) -> Done {
    if (head.status != 206) return unsupported("the server begins at zero");
    return {};
  };
  auto response = send(client, request);
  ASSERT_FALSE(response.has_value());
  EXPECT_EQ(response.error().kind(), ErrorKind::unsupported);
  EXPECT_EQ(sink.text(), "");
}

TEST(CurlClient, TellsWhereAnAnswerWasCut) {
  HttpServer server([](ServerRequest&) { return ServerAnswer{200, {}, std::string(1000, 'c')}; });
  server.add_fault({.cut_answer_after = 400});
  CurlClient client;
  auto response = send(client, get(server.url("/file?token=marked-secret")));
  ASSERT_FALSE(response.has_value());
  EXPECT_EQ(response.error().kind(), ErrorKind::unavailable);
  EXPECT_EQ(response.error().text(),
            "GET " + server.url("/file?token=***") + ": cut after 400 of 1000 bytes");
}

TEST(CurlClient, TellsThatAConnectionIsRefusedCutOrSilent) {
  HttpServer server(hello);
  CurlClient client, impatient_client(impatient());
  MemoryBlob blob("application/octet-stream", std::string(8'000'000, 'z'));

  server.add_fault({.cut_request_after = 100'000});
  auto cut = send(client, put(server.url(), blob));
  ASSERT_FALSE(cut.has_value());
  EXPECT_EQ(cut.error().kind(), ErrorKind::unavailable);
  EXPECT_THAT(cut.error().text(), HasSubstr("of 8000000 bytes were sent"));

  server.add_fault({.lose_answer = true});
  auto lost = send(client, put(server.url(), blob));
  ASSERT_FALSE(lost.has_value());
  EXPECT_THAT(lost.error().text(), HasSubstr("closed without an answer"));

  server.add_fault({.stall_answer_after = 2});
  auto silent = send(impatient_client, get(server.url()));
  ASSERT_FALSE(silent.has_value());
  EXPECT_EQ(silent.error().kind(), ErrorKind::unavailable);
  EXPECT_THAT(silent.error().text(), HasSubstr("no byte moved for 0.1 s"));

  server.shut_door();
  auto refused = send(client, get(server.url()));
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().text(), "GET " + server.url() + ": connection refused");
  server.open_door();
  EXPECT_TRUE(send(client, get(server.url())).has_value());
}

TEST(CurlClient, GivesUpAnUploadThatNobodyReads) {
  HttpServer server(hello);
  server.add_fault({.stall_request_after = 100'000});
  CurlClient client(impatient());
  MemoryBlob blob("application/octet-stream", std::string(16'000'000, 'z'));
  auto silent = send(client, put(server.url(), blob));
  ASSERT_FALSE(silent.has_value());
  EXPECT_THAT(silent.error().text(), HasSubstr("no byte moved for 0.1 s"));
}

TEST(CurlClient, EndsAtOnceWhenStopped) {
  HttpServer server(hello);
  server.add_fault({.times = 2, .stall_answer_after = 2});
  CurlClient client;
  Spool spool(unnamed_file());
  for (bool uploads : {false, true}) {
    std::stop_source stop;
    auto begin = std::chrono::steady_clock::now();
    std::jthread stopper([&] {
      std::this_thread::sleep_for(30ms);
      stop.request_stop();
    });
    auto response = send(client, uploads ? put(server.url(), spool) : get(server.url()), stop.get_token());
    ASSERT_FALSE(response.has_value());
    EXPECT_EQ(response.error().kind(), ErrorKind::cancelled);
    EXPECT_LT(std::chrono::steady_clock::now() - begin, 500ms);
  }
}

TEST(CurlClient, DoesNotTakeAnEndlessAnswer) {
  HttpServer server([](ServerRequest& request) {
    return ServerAnswer{request.path == "/ok" ? 200 : 500, {}, std::string(5000, 'e')};
  });
  CurlClient client;
  Request request = get(server.url("/ok"));
  request.answer_limit = 4999;
  auto response = send(client, request);
  ASSERT_FALSE(response.has_value());
  EXPECT_EQ(response.error().kind(), ErrorKind::corrupt);
  request.url = server.url("/error");
  response = send(client, request);
  ASSERT_TRUE(response.has_value()) << response.error().text();
  EXPECT_EQ(response->status, 500);
  EXPECT_EQ(response->body.size(), 4999u);
}

TEST(CurlClient, KeepsCredentialsFromTheHostItIsRedirectedTo) {
  HttpServer other(hello);
  HttpServer server([&](ServerRequest& request) {
    if (request.path == "/stay") return ServerAnswer{302, {{"Location", "/here"}}, "moved"};
    if (request.path == "/away") return ServerAnswer{307, {{"Location", other.url("/there")}}, "moved"};
    return hello(request);
  });
  CurlClient client;
  Request request = get(server.url("/stay"));
  request.headers.add("Authorization", "Basic c2VjcmV0");
  request.redirects = 3;
  MemorySink sink(100);
  request.into = &sink;
  auto stayed = send(client, request);
  EXPECT_EQ(stayed->url, server.url("/here"));
  EXPECT_EQ(sink.text(), "hello");
  EXPECT_TRUE(server.seen()[1].headers.get("Authorization"));
  request.url = server.url("/away");
  ASSERT_TRUE(send(client, request).has_value());
  EXPECT_EQ(other.seen().size(), 1u);
  EXPECT_FALSE(other.seen()[0].headers.get("Authorization"));
}

TEST(CurlClient, TakesARedirectForAnAnswerUnlessAskedToFollowAndEndsALoop) {
  HttpServer server([](ServerRequest&) { return ServerAnswer{302, {{"Location", "/again"}}, ""}; });
  CurlClient client;
  EXPECT_EQ(send(client, get(server.url()))->status, 302);
  Request request = get(server.url());
  request.redirects = 3;
  auto response = send(client, request);
  ASSERT_FALSE(response.has_value());
  EXPECT_THAT(response.error().text(), HasSubstr("more than 3 redirects"));
}

TEST(CurlClient, RepeatsABodyThatIsRedirectedWithItsMethod) {
  HttpServer server([](ServerRequest& request) {
    return request.path == "/old" ? ServerAnswer{308, {{"Location", "/new"}}, ""} : hello(request);
  });
  CurlClient client;
  MemoryBlob blob("application/octet-stream", std::string(300'000, 'z'));
  Request request = put(server.url("/old"), blob);
  request.redirects = 1;
  EXPECT_EQ(send(client, request)->body, "got 300000");
  EXPECT_EQ(server.seen()[1].method, "PUT");
}

TEST(CurlClient, DoesNotAskAPrivateAddressForAPublicServer) {
  HttpServer server(hello);
  CurlClient client;
  Request request = get(server.url());
  request.public_only = true;
  auto response = send(client, request);
  ASSERT_FALSE(response.has_value());
  EXPECT_EQ(response.error().kind(), ErrorKind::denied);
  EXPECT_TRUE(server.seen().empty());
}

// The server plays a proxy here, so that names of the public internet can be asked.
TEST(CurlClient, IsNotLedIntoAPrivateNetworkByAPublicServer) {
  HttpServer proxy([](ServerRequest& request) {
    if (request.target == "http://public.example/to-private")
      return ServerAnswer{302, {{"Location", "http://10.0.0.1/"}}, ""};
    if (request.target == "http://public.example/to-us")
      return ServerAnswer{302, {{"Location", "http://127.0.0.1:1/"}}, ""};
    if (request.target == "http://public.example/to-public")
      return ServerAnswer{302, {{"Location", "http://cdn.example/"}}, ""};
    return hello(request);
  });
  setenv("http_proxy", proxy.url().c_str(), 1);
  CurlClient client;
  for (std::string path : {"/to-private", "/to-us", "/to-public"}) {
    Request request = get("http://public.example" + path);
    request.redirects = 2;
    request.headers.add("Authorization", "Bearer marked");
    auto response = send(client, request);
    if (path == "/to-public") {
      ASSERT_TRUE(response.has_value()) << response.error().text();
      EXPECT_TRUE(response->from_public);
      continue;
    }
    ASSERT_FALSE(response.has_value());
    EXPECT_EQ(response.error().kind(), ErrorKind::denied);
    EXPECT_THAT(response.error().text(), HasSubstr("an address of a private network"));
  }
  auto seen = proxy.seen();
  ASSERT_EQ(seen.size(), 4u);
  EXPECT_TRUE(seen[0].headers.get("Authorization"));
  EXPECT_EQ(seen[3].target, "http://cdn.example/");
  EXPECT_FALSE(seen[3].headers.get("Authorization"));
  HttpServer near(hello);
  EXPECT_TRUE(send(client, get(near.url())).has_value());
  EXPECT_EQ(proxy.seen().size(), 4u);
  unsetenv("http_proxy");
}

TEST(CurlClient, RefusesHeadersThatWouldSmuggleOthers) {
  HttpServer server(hello);
  CurlClient client;
  Request request = get(server.url());
  request.headers.add("X-Name", "a\r\nX-Other: b");
  auto response = send(client, request);
  ASSERT_FALSE(response.has_value());
  EXPECT_EQ(response.error().kind(), ErrorKind::invalid);
}

TEST(CurlClient, PassesOnWhatSinkAndSourceFailWith) {
  HttpServer server(hello);
  CurlClient client;
  MemorySink sink(2);
  Request request = get(server.url());
  request.into = &sink;
  auto response = send(client, request);
  ASSERT_FALSE(response.has_value());
  EXPECT_EQ(response.error().kind(), ErrorKind::corrupt);
  Spool spool(unnamed_file());
  spool.abandon(corrupt("the archive is not what it claims"));
  response = send(client, put(server.url(), spool));
  ASSERT_FALSE(response.has_value());
  EXPECT_EQ(response.error().cause(), "the archive is not what it claims");
}

}  // namespace
}  // namespace eulerpublisher::http
