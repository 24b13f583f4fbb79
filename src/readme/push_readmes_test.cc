#include "readme/push_readmes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "http/curl_client.h"
#include "support/description_server.h"

namespace eulerpublisher::readme {
namespace {

using Api = DescriptionRule::Api;
using Kind = test::DescriptionServer::Kind;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

const std::string secret = "s3cret/with+odd=signs";

// A registry with an API of some kind, and what we know of it.
struct Registry {
  explicit Registry(Kind kind, const std::string& user = "publisher", const std::string& password = secret)
      : server(kind, user == "$oauthtoken" ? "" : "publisher", secret) {
    http::Credential login{user, http::Secret(password), {}};
    credentials.add(host, login);
    Api api = kind == Kind::docker_hub ? Api::docker_hub : kind == Kind::quay ? Api::quay : Api::harbor;
    rules[host] = {api, server.server().url("")};
  }

  std::vector<Place> place() {
    std::vector<Place> places;
    auto site = site_of(RegistryHost::parse(host).value(), rules, client, credentials);
    places.push_back({host, std::move(site.value())});
    return places;
  }
  Result<std::vector<Pushed>> push(const std::string& name, const std::string& text, bool dry = false) {
    return push_readmes({{RepositoryName::parse(name).value(), "x/README.md", text}}, place(), dry, {});
  }
  // The only outcome, as `state because`.
  std::string outcome(const std::string& name, const std::string& text, bool dry = false) {
    auto all = push(name, text, dry);
    if (!all) return all.error().text();
    return fmt::format("{} {}", name_of(all->at(0).state), all->at(0).because);
  }

  const std::string host = "hub.example";
  test::DescriptionServer server;
  http::CurlClient client{{}};
  http::StaticCredentials credentials;
  std::map<std::string, DescriptionRule> rules;
};

class EveryApi : public testing::TestWithParam<Kind> {
 protected:
  Registry registry{GetParam(), GetParam() == Kind::quay ? "$oauthtoken" : "publisher"};
};

TEST_P(EveryApi, WritesWhatChangedAndOnlyThat) {
  registry.server.put("openeuler/a/redis", "old");
  registry.server.put("openeuler/redis", "old");
  for (const char* name : {"openeuler/redis", "openeuler/a/redis"}) {
    EXPECT_EQ(registry.outcome(name, "# 新的 \"text\"\n", true), "written ");
    EXPECT_EQ(registry.server.text(name), "old") << "a dry run";
    EXPECT_EQ(registry.outcome(name, "# 新的 \"text\"\n"), "written ");
    EXPECT_EQ(registry.server.text(name), "# 新的 \"text\"\n");
    EXPECT_EQ(registry.outcome(name, "# 新的 \"text\"\r\n\r\n"), "unchanged ");
  }
  EXPECT_EQ(registry.server.server().count("PATCH") + registry.server.server().count("PUT"), 2u);
}

TEST_P(EveryApi, SaysWhyItCouldNotAndKeepsSecrets) {
  EXPECT_THAT(registry.outcome("openeuler/redis", "x"), AllOf(HasSubstr("failed "), HasSubstr("404")));
  registry.server.put("openeuler/redis", "old");
  Registry wrong(GetParam(), GetParam() == Kind::quay ? "$oauthtoken" : "publisher", "wr0ng+secret");
  wrong.server.put("openeuler/redis", "old");
  EXPECT_THAT(wrong.outcome("openeuler/redis", "x"),
              AllOf(HasSubstr(GetParam() == Kind::quay ? "403" : "401"), Not(HasSubstr("wr0ng")),
                    Not(HasSubstr(std::string("d3IwbmcrcWV")))));
  EXPECT_EQ(wrong.server.text("openeuler/redis"), "old");
  registry.server.server().shut_door();
  EXPECT_THAT(registry.outcome("openeuler/redis", "x"), HasSubstr("failed "));
}

TEST_P(EveryApi, TakesNoAnswerThatIsNone) {
  registry.server.put("openeuler/redis", "old");
  registry.server.server().add_fault(
      {.times = 10, .instead = test::ServerAnswer{200, {}, "<html>hello</html>"}});
  EXPECT_THAT(registry.outcome("openeuler/redis", "x"), HasSubstr("failed "));
}

INSTANTIATE_TEST_SUITE_P(Descriptions, EveryApi, testing::Values(Kind::docker_hub, Kind::quay, Kind::harbor));

TEST(PushReadmes, RefusesWhatIsTooLongBeforeAnythingIsAsked) {
  Registry hub(Kind::docker_hub);
  hub.server.put("openeuler/redis", "old");
  std::string longest;
  for (int i = 0; i < 25'000; ++i) longest += "文";
  EXPECT_EQ(hub.outcome("openeuler/redis", longest), "written ");
  size_t asked = hub.server.server().seen().size();
  EXPECT_EQ(hub.outcome("openeuler/redis", longest + "x"),
            "x/README.md has 25001 characters, and Docker Hub takes 25000: shorten it; nothing was sent");
  EXPECT_EQ(hub.outcome("openeuler/redis", "\xff"), "x/README.md is not UTF-8: registries take nothing else");
  EXPECT_EQ(hub.server.server().seen().size(), asked);
}

TEST(PushReadmes, AsksDockerHubForOneTokenInARun) {
  Registry hub(Kind::docker_hub);
  std::vector<Readme> readmes;
  for (const char* name : {"openeuler/a", "openeuler/b"}) {
    hub.server.put(name, "old");
    readmes.push_back({RepositoryName::parse(name).value(), "README.md", "new"});
  }
  auto all = push_readmes(readmes, hub.place(), false, {});
  ASSERT_TRUE(all.has_value());
  EXPECT_EQ(hub.server.server().count("POST"), 1u);
  EXPECT_EQ(hub.server.server().count("PATCH"), 2u);
}

TEST(PushReadmes, WantsATokenForQuay) {
  Registry quay(Kind::quay, "openeuler+robot");
  EXPECT_THAT(quay.outcome("openeuler/redis", "x"), HasSubstr("failed the login openeuler+robot is none"));
  EXPECT_EQ(quay.server.server().seen().size(), 0u) << "a robot's password goes nowhere";
}

TEST(SiteOf, SendsNoPasswordWithoutTls) {
  http::CurlClient client{{}};
  http::StaticCredentials credentials;
  auto site = site_of(RegistryHost::parse("hub.example").value(),
                      {{"hub.example", {Api::harbor, "http://hub.example"}}}, client, credentials);
  ASSERT_FALSE(site.has_value());
  EXPECT_EQ(site.error().kind(), ErrorKind::denied);
  for (const auto& [registry, name] : std::map<std::string, std::string>{
           {"docker.io", "Docker Hub"}, {"quay.io", "Quay"}, {"a.example", "Harbor"}})
    EXPECT_EQ(site_of(RegistryHost::parse(registry).value(), {}, client, credentials).value()->name(), name);
}

}  // namespace
}  // namespace eulerpublisher::readme
