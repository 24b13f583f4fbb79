#include "http/authenticating.h"

#include <gmock/gmock.h>

#include <thread>

#include "http/base64.h"
#include "support/http_fakes.h"

namespace eulerpublisher::http {
namespace {

using namespace std::chrono_literals;
using test::FakeClient;
using test::FakeClock;
using test::request_to;
using test::status;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr char registry[] = "https://registry.example";
constexpr char push_scope[] = "repository:os/base:pull,push";
constexpr char challenge[] = "Bearer realm=\"https://auth.example/token\",service=\"registry.example\"";

std::string jwt(const std::string& claims) { return "e30." + to_base64(claims) + ".c2ln"; }

// A registry with a token server, as far as Authenticating can tell.
class TokenRegistry {
 public:
  std::function<Response(const Request&)> token_server = [this](const Request&) {
    return status(200, {}, "{\"token\":\"t" + std::to_string(++made) + "\",\"expires_in\":300}");
  };
  std::function<bool(const std::string& authorization)> accepts = [this](const std::string& authorization) {
    return authorization == "Bearer t" + std::to_string(made);
  };
  int made = 0;

  Result<Response> answer(const Request& request) {
    if (request.url.starts_with("https://auth.example/")) return token_server(request);
    if (accepts(request.headers.get("Authorization").value_or(""))) return status(200);
    return status(401, {{"WWW-Authenticate", challenge}});
  }
};

class AuthenticatingTest : public ::testing::Test {
 protected:
  AuthenticatingTest()
      : client([this](const Request& request) { return far.answer(request); }),
        authenticating(client, credentials, clock) {}

  Request push(const std::string& path = "/v2/os/base/blobs/uploads/") {
    Request request = request_to(registry + path, "POST");
    request.scopes = {push_scope};
    return request;
  }
  Result<Response> send(const Request& request) { return authenticating.send(request, {}); }
  std::vector<std::string> asked() const {
    std::vector<std::string> all;
    for (const Request& request : client.asked) all.push_back(request.method + " " + request.url);
    return all;
  }
  void log_in() { credentials.add("registry.example", {"ann", Secret("marked-password"), {}}); }

  FakeClock clock;
  StaticCredentials credentials;
  TokenRegistry far;
  FakeClient client;
  Authenticating authenticating;
};

TEST_F(AuthenticatingTest, FetchesATokenOnceAndUsesItUntilItIsAboutToEnd) {
  log_in();
  EXPECT_EQ(send(push())->status, 200);
  EXPECT_EQ(send(push())->status, 200);
  EXPECT_THAT(asked(), ElementsAre("POST https://registry.example/v2/os/base/blobs/uploads/",
                                   "GET https://auth.example/token?service=registry.example&scope="
                                   "repository%3Aos%2Fbase%3Apull%2Cpush&account=ann",
                                   "POST https://registry.example/v2/os/base/blobs/uploads/",
                                   "POST https://registry.example/v2/os/base/blobs/uploads/"));
  EXPECT_EQ(client.asked[1].headers.get("Authorization"), "Basic " + to_base64("ann:marked-password"));
  clock.pass(271s);
  EXPECT_EQ(send(push())->status, 200);
  EXPECT_EQ(far.made, 2);
  EXPECT_EQ(client.asked.size(), 6u);
}

TEST_F(AuthenticatingTest, AsksAnonymouslyWithoutALogin) {
  EXPECT_EQ(send(push())->status, 200);
  EXPECT_FALSE(client.asked[1].headers.get("Authorization"));
  EXPECT_THAT(client.asked[1].url, Not(HasSubstr("account")));
}

TEST_F(AuthenticatingTest, SendsOneScopeParameterForEachScope) {
  Request mount = push();
  mount.scopes.push_back("repository:other/image:pull");
  EXPECT_EQ(send(mount)->status, 200);
  EXPECT_THAT(client.asked[1].url,
              HasSubstr("scope=repository%3Aos%2Fbase%3Apull%2Cpush&scope=repository%3Aother"));
}

TEST_F(AuthenticatingTest, RenewsInMidUploadAndSendsTheBodyAgain) {
  MemoryBlob layer("application/octet-stream", "layer");
  Request upload = push();
  upload.method = "PUT";
  upload.body = Body{&layer, 0, {}};
  EXPECT_EQ(send(upload)->status, 200);
  far.made = 7;  // the registry has forgotten the first token
  EXPECT_EQ(send(upload)->status, 200);
  EXPECT_EQ(far.made, 8);
  EXPECT_EQ(client.asked.back().headers.get("Authorization"), "Bearer t8");
  EXPECT_EQ(client.asked.back().body->blob, &layer);
}

TEST_F(AuthenticatingTest, RenewsOnceMoreWhenTheFirstPushIsRefused) {
  far.accepts = [&](const std::string& authorization) { return authorization == "Bearer t2"; };
  EXPECT_EQ(send(push())->status, 200);
  far.accepts = [&](const std::string&) { return false; };
  EXPECT_EQ(send(push())->status, 401);
  EXPECT_EQ(far.made, 4);
}

TEST_F(AuthenticatingTest, FetchesATokenWithAnIdentityToken) {
  credentials.add("registry.example", {"", {}, Secret("refresh&me")});
  std::string form;
  far.token_server = [&](const Request& request) {
    auto source = request.body->blob->open(0, {});
    form = read_all(**source, 10'000).value_or("");
    return status(200, {}, "{\"access_token\":\"t0\"}");
  };
  EXPECT_EQ(send(push())->status, 200);
  EXPECT_EQ(client.asked[1].method, "POST");
  EXPECT_EQ(form,
            "grant_type=refresh_token&client_id=eulerpublisher&service=registry.example&scope=repository%"
            "3Aos%2Fbase%"
            "3Apull%2Cpush&refresh_token=refresh%26me");
}

TEST_F(AuthenticatingTest, AnswersABasicChallengeAndTellsARefusalOnce) {
  std::string wanted = "Basic " + to_base64("ann:marked-password");
  FakeClient basic([&](const Request& request) {
    if (request.headers.get("Authorization") == wanted) return status(200);
    return status(401, {{"WWW-Authenticate", "Basic realm=\"x\""}},
                  R"({"errors":[{"message":"bad password"}]})");
  });
  Authenticating with_basic(basic, credentials, clock);
  EXPECT_EQ(with_basic.send(push(), {})->status, 401);
  log_in();
  EXPECT_EQ(with_basic.send(push(), {})->status, 200);
  EXPECT_EQ(with_basic.send(push(), {})->status, 200);
  EXPECT_EQ(basic.asked.size(), 4u);
  wanted = "another";
  auto refused = with_basic.send(push(), {});
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().kind(), ErrorKind::denied);
  EXPECT_EQ(refused.error().text(), "registry.example refuses the login of user ann: bad password");
  EXPECT_EQ(basic.asked.size(), 5u);
}

TEST_F(AuthenticatingTest, TellsThatTheTokenServerRefusesTheLogin) {
  log_in();
  far.token_server = [](const Request&) {
    return status(401, {}, R"({"details":"incorrect username or password"})");
  };
  auto refused = send(push());
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().kind(), ErrorKind::denied);
  EXPECT_EQ(refused.error().text(),
            "registry.example refuses the login of user ann: incorrect username or password");
}

TEST_F(AuthenticatingTest, AsksAgainForTheScopeThatCounts) {
  far.token_server = [&](const Request& request) {
    bool both = request.url.find("other") != std::string::npos;
    std::string access = both ? R"({"type":"repository","name":"other/image","actions":["pull"]})"
                              : R"({"type":"repository","name":"os/base","actions":["pull","push"]})";
    return status(200, {}, "{\"token\":\"" + jwt("{\"access\":[" + access + "]}") + "\"}");
  };
  far.accepts = [](const std::string& authorization) { return !authorization.empty(); };
  Request mount = push();
  mount.scopes.push_back("repository:other/image:pull");
  EXPECT_EQ(send(mount)->status, 200);
  EXPECT_EQ(client.asked.size(), 4u);
}

TEST_F(AuthenticatingTest, NamesTheRightThatIsNotGranted) {
  far.token_server = [](const Request&) {
    std::string claims = R"({"access":[{"type":"repository","name":"os/base","actions":["pull"]}]})";
    return status(200, {}, "{\"token\":\"" + jwt(claims) + "\"}");
  };
  auto refused = send(push());
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().kind(), ErrorKind::denied);
  EXPECT_EQ(refused.error().text(),
            "registry.example does not allow anonymous users to push os/base; set LOGIN_USERNAME and "
            "LOGIN_PASSWORD, "
            "or run `docker login registry.example`");
  log_in();
  refused = send(push());
  ASSERT_FALSE(refused.has_value());
  EXPECT_THAT(refused.error().text(), HasSubstr("does not allow user ann to push os/base"));
}

TEST_F(AuthenticatingTest, NeverSendsALoginWithoutProtection) {
  log_in();
  for (std::string realm : {"http://auth.example/token", "http://127.0.0.1:1/token", "ftp://auth.example/"}) {
    FakeClient sly([&](const Request&) {
      return status(401, {{"WWW-Authenticate", "Bearer realm=\"" + realm + "\""}});
    });
    Authenticating careful(sly, credentials, clock);
    auto refused = careful.send(push(), {});
    ASSERT_FALSE(refused.has_value());
    EXPECT_EQ(sly.asked.size(), 1u);
  }
}

TEST_F(AuthenticatingTest, DoesNotAnswerTheChallengeOfAHostItWasRedirectedTo) {
  log_in();
  FakeClient redirected([&](const Request&) {
    Response response = status(401, {{"WWW-Authenticate", challenge}});
    response.url = "https://elsewhere.example/";
    return response;
  });
  Authenticating careful(redirected, credentials, clock);
  EXPECT_EQ(careful.send(push(), {})->status, 401);
  EXPECT_EQ(redirected.asked.size(), 1u);
}

TEST_F(AuthenticatingTest, LeavesARequestAloneThatBringsItsOwnAuthorization) {
  Request request = push();
  request.headers.add("Authorization", "Bearer mine");
  EXPECT_EQ(send(request)->status, 401);
  EXPECT_EQ(client.asked.size(), 1u);
}

TEST_F(AuthenticatingTest, UsesTheRegistrysScopeWhereTheRequestNamesNone) {
  FakeClient ping([&](const Request& request) {
    if (request.url.starts_with("https://auth")) return status(200, {}, R"({"token":"t"})");
    if (request.headers.get("Authorization")) return status(200);
    return status(401, {{"WWW-Authenticate", std::string(challenge) + ",scope=\"registry:catalog:*\""}});
  });
  Authenticating pinging(ping, credentials, clock);
  EXPECT_EQ(pinging.send(request_to(std::string(registry) + "/v2/"), {})->status, 200);
  EXPECT_THAT(ping.asked[1].url, HasSubstr("scope=registry%3Acatalog%3A%2A"));
}

TEST(Token, EndsByTheServersOwnClock) {
  Instant now = std::chrono::system_clock::from_time_t(1'000'000'000);
  auto life = [&](const std::string& body, Headers headers = {}) {
    return std::chrono::duration_cast<std::chrono::seconds>(
               parse_token(status(200, headers, body), now)->renew_at - now)
        .count();
  };
  EXPECT_EQ(life(R"({"token":"t"})"), 48);
  EXPECT_EQ(life(R"({"token":"t","expires_in":300})"), 270);
  EXPECT_EQ(life(R"({"token":"t","expires_in":300,"issued_at":"2024-06-01T10:00:00Z"})",
                 {{"Date", "Sat, 01 Jun 2024 10:01:40 GMT"}}),
            170);
  EXPECT_EQ(life(R"({"token":"t","expires_in":300,"issued_at":"0001-01-01T00:00:00Z"})",
                 {{"Date", "Fri, 31 Dec 9999 23:59:59 GMT"}}),
            0);
  for (std::string body : {"", "[]", "{}", R"({"token":5})", R"({"token":""})", "{\"token\":\"a\\r\\nb\"}"})
    EXPECT_FALSE(parse_token(status(200, {}, body), now).has_value()) << body;
}

TEST(Token, TellsWhatItDoesNotAllowOnlyWhereItCanBeSure) {
  Access wanted = *parse_scope(push_scope);
  std::vector<std::string> asked = {push_scope};
  auto lacks = [&](const std::string& claims) {
    auto access = access_of(jwt(claims));
    return access ? missing(wanted, *access, asked) : std::set<std::string>{"unknown"};
  };
  EXPECT_THAT(lacks(R"({"access":[]})"), ElementsAre("pull", "push"));
  EXPECT_THAT(lacks(R"({"access":null})"), ElementsAre("pull", "push"));
  EXPECT_THAT(lacks(R"({"access":[{"type":"repository","name":"os/base","actions":["*"]}]})"), ElementsAre());
  EXPECT_THAT(lacks(R"({"access":[{"type":"repository","name":"local/os/base","actions":["pull"]}]})"),
              ElementsAre());
  EXPECT_THAT(lacks(R"({"sub":"x"})"), ElementsAre("unknown"));
  for (std::string text : {"", ".", "a.b.c", "e30.e30", "e30.bm90anNvbg.x"})
    EXPECT_FALSE(access_of(text)) << text;
}

TEST(MessageOf, ShowsWhatIsForPeople) {
  EXPECT_EQ(message_of(R"({"errors":[{"code":"DENIED","message":"no access."}]})"), "no access");
  EXPECT_EQ(message_of("too many requests\nslow down"), "too many requests slow down");
  EXPECT_EQ(message_of("<html>nginx</html>"), "");
  EXPECT_EQ(message_of(R"({"message":"bad token Bearer marked-secret"})"), "bad token Bearer ***");
}

}  // namespace
}  // namespace eulerpublisher::http
