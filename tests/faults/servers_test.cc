// The program against real servers: passwords, TLS with an authority of our own, tokens that a registry
// checks, a read-only registry, a proxy with a limit.

#include <nlohmann/json.hpp>
#include <regex>

#include "faults/real_publish.h"
#include "support/nginx_server.h"
#include "support/token_server.h"

namespace eulerpublisher::test {
namespace {

namespace fs = std::filesystem;
using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

// An authority, and a certificate of it for registry.localhost, which libcurl finds at 127.0.0.1 and which is
// no loopback address by its name.
Done make_authority(const fs::path& folder) {
  fs::create_directories(folder);
  auto at = [&](const char* name) { return (folder / name).string(); };
  write_text(folder / "names", "subjectAltName=DNS:registry.localhost\n");
  for (const Command& command :
       {Command{{"openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj",
                 "/CN=an authority", "-keyout", at("ca.key"), "-out", at("ca.pem")}},
        Command{{"openssl", "req", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=registry.localhost",
                 "-keyout", at("key.pem"), "-out", at("request.pem")}},
        Command{{"openssl", "x509", "-req", "-in", at("request.pem"), "-CA", at("ca.pem"), "-CAkey",
                 at("ca.key"), "-CAcreateserial", "-days", "2", "-extfile", at("names"), "-out",
                 at("cert.pem")}}}) {
    Ran made = run(command);
    if (!made.ok()) return not_found("openssl makes no certificate: {}", made.err);
  }
  return {};
}

class Servers : public RealPublish {
 protected:
  void SetUp() override {
    RealPublish::SetUp();
    for (const char* program : {"nginx", "openssl", "htpasswd"})
      if (!have_program(program)) GTEST_SKIP() << "SKIPPED: " << program << " is not installed";
  }

  Ran publish_to(const std::string& host, const std::vector<std::string>& more = {},
                 const Environment& env = {}) {
    return machine.run(words("publish", host, more), env);
  }
  void expect_published(const Ran& ran, const RegistryServer& server) {
    ASSERT_TRUE(ran.ok()) << told(ran);
    for (const std::string& name : tag_names) {
      auto digest = tagged_in(server, name);
      ASSERT_TRUE(digest.has_value()) << name << told(ran);
      EXPECT_THAT(broken_rules(*digest, storage_reader(server)), IsEmpty());
    }
  }
  static void expect_refused(const Ran& ran, const std::string& why) {
    EXPECT_EQ(ran.status, 1) << told(ran);
    EXPECT_THAT(error_lines(ran), SizeIs(1)) << told(ran);
    EXPECT_THAT(ran.err, HasSubstr(why));
  }
  std::unique_ptr<NginxServer> in_front_of(const RegistryServer& server, const std::string& more) {
    fs::create_directories(folder() / "empty");
    auto nginx = NginxServer::start(
        folder() / "empty",
        {.more = fmt::format(
             "location / {{ proxy_pass {}; proxy_set_header Host $http_host; proxy_set_header "
             "X-Forwarded-Proto $scheme; proxy_request_buffering off; proxy_http_version 1.1; }} {}",
             server.url(), more)});
    return nginx ? std::move(*nginx) : nullptr;
  }

  const Environment login{{"LOGIN_USERNAME", "publisher"}, {"LOGIN_PASSWORD", "a password"}};
  const Environment wrong_login{{"LOGIN_USERNAME", "publisher"}, {"LOGIN_PASSWORD", "another"}};
  Machine machine;
};

TEST_F(Servers, BasicAuthenticationTakesTheRightPasswordOnly) {
  auto& server = start_registry({.basic = {{"publisher", "a password"}}});
  expect_refused(publish_to(server.address(), {}, wrong_login), server.address());
  expect_refused(publish_to(server.address()), server.address());
  EXPECT_THAT(tags_in(server), IsEmpty());
  expect_published(publish_to(server.address(), {}, login), server);
}

TEST_F(Servers, OneMessageNamesEveryRegistryThatRefuses) {
  auto &first = start_registry({.basic = {{"publisher", "a password"}}}),
       &second = start_registry({.basic = {{"publisher", "a password"}}});
  Ran ran = publish_to(first.address(), {"-g", second.address()});
  EXPECT_THAT(error_lines(ran), SizeIs(1)) << told(ran);
  EXPECT_THAT(ran.err, HasSubstr(first.address()));
  EXPECT_THAT(ran.err, HasSubstr(second.address()));
}

TEST_F(Servers, TlsWithAnAuthorityOfOurOwn) {
  auto& server = start_registry();
  Done made = make_authority(folder() / "ours");
  if (made) made = make_authority(folder() / "theirs");
  if (!made) GTEST_SKIP() << "SKIPPED: " << made.error().text();
  uint16_t port = free_port();
  auto nginx =
      in_front_of(server, fmt::format("listen 127.0.0.1:{} ssl; ssl_certificate {}/cert.pem; "
                                      "ssl_certificate_key {}/key.pem; client_max_body_size 0;",
                                      port, (folder() / "ours").string(), (folder() / "ours").string()));
  ASSERT_TRUE(nginx);
  std::string host = fmt::format("registry.localhost:{}", port);
  expect_refused(publish_to(host), "certificate");
  expect_refused(publish_to(host, {"--ca", (folder() / "theirs/ca.pem").string()}), "certificate");
  EXPECT_THAT(tags_in(server), IsEmpty());
  expect_published(publish_to(host, {"--ca", (folder() / "ours/ca.pem").string()}), server);
  // Where podman keeps authorities, for this host and no other.
  fs::path certs = machine / "home/.config/containers/certs.d" / host;
  expect_refused(publish_to(host), "certificate");
  fs::create_directories(certs);
  fs::copy_file(folder() / "ours/ca.pem", certs / "ca.crt");
  expect_published(publish_to(host, {"-p", "certs/d"}), server);
}

// A registry that lets in who shows a certificate, kept as docker and podman keep it.
TEST_F(Servers, TlsThatAsksForACertificateOfOurs) {
  auto& server = start_registry();
  if (Done made = make_authority(folder() / "ours"); !made)
    GTEST_SKIP() << "SKIPPED: " << made.error().text();
  std::string ours = (folder() / "ours").string();
  uint16_t port = free_port();
  auto nginx = in_front_of(
      server, fmt::format("listen 127.0.0.1:{0} ssl; ssl_certificate {1}/cert.pem; ssl_certificate_key "
                          "{1}/key.pem; ssl_client_certificate {1}/ca.pem; ssl_verify_client on;",
                          port, ours));
  ASSERT_TRUE(nginx);
  std::string host = fmt::format("registry.localhost:{}", port);
  expect_refused(publish_to(host, {"--ca", ours + "/ca.pem"}), host);
  EXPECT_THAT(tags_in(server), IsEmpty());
  fs::path certs = machine / "home/.config/containers/certs.d" / host;
  fs::create_directories(certs);
  fs::copy_file(ours + "/ca.pem", certs / "ca.crt");
  fs::copy_file(ours + "/cert.pem", certs / "client.cert");
  expect_refused(publish_to(host), "client.key");
  fs::copy_file(ours + "/key.pem", certs / "client.key");
  expect_published(publish_to(host), server);
}

TEST_F(Servers, AReadOnlyRegistryIsOneClearMessageAndNothingMoves) {
  auto &server = start_registry(), &other = start_registry();
  Ran old = machine.run(publish(older(), "openeuler/openeuler", {"--json"}));
  ASSERT_TRUE(old.ok()) << told(old);
  ASSERT_TRUE(server.restart({.read_only = true}).has_value());
  expect_refused(publish_to(other.address(), {"-g", server.address()}), "read-only");
  for (auto* one : {&server, &other})
    for (const std::string& name : tag_names) EXPECT_EQ(tagged_in(*one, name), digest_told(old));
}

// docker-registry notes what a repository has in small files that it does not write at once.
TEST_F(Servers, WhatARegistryForgotInACrashIsSentAgain) {
  auto& server = start_registry();
  Ran old = machine.run(publish(older(), "openeuler/openeuler"));
  ASSERT_TRUE(old.ok()) << told(old);
  Ran first = publish_to(server.address(), {"--json"});
  expect_published(first, server);
  fs::path repository = server.storage() / "docker/registry/v2/repositories/openeuler/openeuler";
  size_t emptied = 0;
  for (const auto& entry : fs::recursive_directory_iterator(repository)) {
    std::string path = entry.path().string();
    bool note = path.find("/_layers/") != path.npos || path.find("/revisions/") != path.npos;
    if (entry.path().filename() != "link" || !note) continue;
    fs::resize_file(entry.path(), 0);
    ++emptied;
  }
  EXPECT_GT(emptied, 6u);
  fs::remove_all(repository / "_manifests/tags");
  expect_published(publish_to(server.address(), {"--retries", "1"}), server);
}

// Archives whose layers are long enough.
void put_long_layers(ReleaseSite& site, size_t bytes) {
  for (const std::string architecture : {"amd64", "arm64"}) {
    ArchiveRecipe recipe = small_archive(platform_of(architecture), sp1);
    std::string noise(bytes, '\0');
    uint64_t state = architecture[1];
    for (char& byte : noise)
      byte = static_cast<char>((state = state * 6364136223846793005u + 1442695040888963407u) >> 56);
    recipe.layers[0].push_back({.path = "./etc/noise", .content = noise});
    site.put(architecture, make_archive(recipe));
  }
}

TEST_F(Servers, ALimitOfOneMebibyteInFrontIsGotAroundInPieces) {
  auto& server = start_registry();
  auto nginx = in_front_of(server, "client_max_body_size 1m;");
  ASSERT_TRUE(nginx);
  ReleaseSite site;
  put_long_layers(site, 3 << 20);
  std::string host = nginx->url().substr(7);
  Ran ran = publish_to(host, {"--source", site.folder().string()});
  expect_published(ran, server);
  EXPECT_THAT(nginx->log(), HasSubstr(" 413 "));
  EXPECT_THAT(nginx->log(), HasSubstr("PATCH "));
}

class Tokens : public Servers {
 protected:
  RegistryServer& start(TokenServer::Options options = {}) {
    tokens = TokenServer::start(std::move(options)).value();
    return start_registry({.more_yaml = tokens->auth_yaml()});
  }
  std::unique_ptr<TokenServer> tokens;
};

TEST_F(Tokens, PublishingAsksForPullAndPushAndThePublicLooksWithoutALogin) {
  auto& server = start();
  Ran ran = publish_to(server.address(), {"--json"}, login);
  expect_published(ran, server);
  EXPECT_THAT(ran.err, Not(HasSubstr("credentials")));
  EXPECT_THAT(tokens->asked(), Contains("repository:openeuler/openeuler:pull,push"));
  EXPECT_THAT(tokens->asked(), Contains("anonymous: repository:openeuler/openeuler:pull"));
}

TEST_F(Tokens, ARepositoryThatOnlyWeCanReadIsAFinding) {
  auto& server = start({.public_pull = false});
  Ran ran = publish_to(server.address(), {}, login);
  expect_published(ran, server);
  EXPECT_THAT(ran.err, HasSubstr("can be read only with our credentials"));
}

TEST_F(Tokens, AWrongPasswordOrNoneIsRefusedAndNothingIsSent) {
  auto& server = start();
  expect_refused(publish_to(server.address(), {}, wrong_login), server.address());
  EXPECT_GT(tokens->refused(), 0u);
  expect_refused(publish_to(server.address()), server.address());
  EXPECT_THAT(tags_in(server), IsEmpty());
}

TEST_F(Tokens, ATokenThatEndsWithinALayerIsRenewed) {
  // Good for a second or two, though five minutes are promised; a layer takes four to arrive.
  auto& server = start({.lifetime = 2});
  ReleaseSite site;
  put_long_layers(site, 4 << 20);
  Done served = site.serve("limit_rate 1m;");
  ASSERT_TRUE(served.has_value());
  Ran ran = publish_to(server.address(), {"--source", site.url()}, login);
  expect_published(ran, server);
  std::string log = server.log();
  // Whichever request comes first after the token's end asks for the next one.
  std::regex refused("\"(POST|PATCH|PUT) [^ ]*/blobs/uploads/[^ ]* HTTP/1.1\" 401");
  EXPECT_TRUE(std::regex_search(log, refused)) << log;
}

}  // namespace
}  // namespace eulerpublisher::test
