// Real servers: docker-registry with a password, read-only, killed in mid-upload; nginx in front of it with
// TLS and with a limit on bodies.

#include <gtest/gtest.h>

#include <thread>

#include "support/nginx_server.h"
#include "support/registry_server.h"
#include "support/wire.h"

namespace eulerpublisher::test {
namespace {

constexpr uint64_t mebibyte = 1 << 20;

std::unique_ptr<RegistryServer> start(RegistryServer::Options options = {}) {
  auto server = RegistryServer::start(std::move(options));
  return server ? std::move(*server) : nullptr;
}

#define SKIP_WITHOUT(server) \
  if (!(server)) GTEST_SKIP() << "SKIPPED: " #server " cannot be started here"

TEST(RealServers, AskForAPasswordAndGetIt) {
  auto server = start({.basic = {{"publisher", "s3cret pass:word"}}});
  SKIP_WITHOUT(server);
  OurSide anonymous(server->host());
  Done may = anonymous.repository->may_push({});
  ASSERT_FALSE(may.has_value());
  EXPECT_EQ(may.error().kind(), ErrorKind::denied) << may.error().text();

  OurSide wrong(server->host());
  wrong.credentials.add(server->address(), {"publisher", http::Secret("guessed"), {}});
  may = wrong.repository->may_push({});
  ASSERT_FALSE(may.has_value());
  EXPECT_EQ(may.error().kind(), ErrorKind::denied) << may.error().text();
  EXPECT_EQ(may.error().text().find("guessed"), std::string::npos);

  OurSide right(server->host());
  right.credentials.add(server->address(), {"publisher", http::Secret("s3cret pass:word"), {}});
  EXPECT_DONE(right.repository->may_push({}));
  EXPECT_DONE(put_all(*right.repository, {SampleImage()}, tag("latest")));
  EXPECT_SENT(right.send_growing(random_bytes(3 * mebibyte)));
}

TEST(RealServers, AReadOnlyRegistrySaysSoBeforeAnythingIsSent) {
  auto server = start();
  SKIP_WITHOUT(server);
  OurSide ours(server->host());
  EXPECT_DONE(put_all(*ours.repository, {SampleImage()}, tag("latest")));
  EXPECT_DONE(server->restart({.read_only = true}));
  Done may = ours.repository->may_push({});
  ASSERT_FALSE(may.has_value());
  EXPECT_EQ(may.error().kind(), ErrorKind::denied) << may.error().text();
  EXPECT_NE(may.error().text().find("read-only"), std::string::npos) << may.error().text();
  auto found = ours.repository->find(tag("latest"), {});
  EXPECT_TRUE(found.has_value() && found->has_value()) << "it can still be read";
}

TEST(RealServers, ARegistryThatIsKilledInMidUploadAndStartedAgainGetsItAll) {
  auto server = start();
  SKIP_WITHOUT(server);
  OurSide ours(server->host(), {}, {}, {}, &system_clock());
  TempFolder folder;
  Spool spool(FileHandle(::open((folder / "spool").c_str(), O_RDWR | O_CREAT, 0600)));
  std::string bytes = random_bytes(6 * mebibyte);
  ASSERT_TRUE(spool.write(as_bytes(std::string_view(bytes).substr(0, 3 * mebibyte))).has_value());
  std::optional<Result<Repository::Put>> ended;
  std::thread putting([&] { ended = ours.repository->put_blob(spool, {}); });
  std::this_thread::sleep_for(std::chrono::milliseconds(100));
  server->kill();
  Done restarted = server->restart();
  EXPECT_TRUE(spool.write(as_bytes(std::string_view(bytes).substr(3 * mebibyte))).has_value());
  spool.seal({"application/octet-stream", digest_of(bytes), bytes.size(), {}, {}});
  putting.join();
  ASSERT_TRUE(restarted.has_value()) << restarted.error().text();
  EXPECT_SENT(std::move(*ended));
  auto size = ours.repository->has_blob(digest_of(bytes), {});
  ASSERT_TRUE(size.has_value());
  EXPECT_EQ(*size, bytes.size());
}

// nginx in front of a registry, on a further port if `more` makes it listen there.
Result<std::unique_ptr<NginxServer>> in_front_of(const RegistryServer& server, const std::string& more,
                                                 const TempFolder& folder) {
  return NginxServer::start(folder.path(),
                            {.more = fmt::format("location / {{ proxy_pass {}; proxy_set_header Host "
                                                 "$http_host; proxy_request_buffering off; "
                                                 "proxy_http_version 1.1; }} {}",
                                                 server.url(), more)});
}

RegistryHost host_of(const std::string& url) { return *RegistryHost::parse(url.substr(url.find("//") + 2)); }

TEST(RealServers, ALimitOfOneMebibyteInFrontIsFoundAndKept) {
  auto server = start();
  SKIP_WITHOUT(server);
  TempFolder folder;
  auto nginx = in_front_of(*server, "client_max_body_size 1m;", folder);
  SKIP_WITHOUT(nginx);
  OurSide ours(host_of((*nginx)->url()));
  EXPECT_SENT(ours.send(random_bytes(7 * mebibyte)));
  EXPECT_SENT(ours.send_growing(random_bytes(5 * mebibyte, 2)));
  EXPECT_DONE(put_all(*ours.repository, {SampleImage()}, tag("latest")));
  EXPECT_EQ(ours.registry->profile().way, Profile::Way::pieces);

  OurSide growing_first(host_of((*nginx)->url()));
  EXPECT_SENT(growing_first.send_growing(random_bytes(5 * mebibyte, 3)));
}

TEST(RealServers, TlsWithACertificateOfOurOwnWorksAlsoWhereTheRegistrySaysHttp) {
  auto server = start();
  SKIP_WITHOUT(server);
  TempFolder folder;
  Ran made = run({.argv = {"openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj",
                           "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout",
                           (folder / "key.pem").string(), "-out", (folder / "cert.pem").string()}});
  if (!made.ok()) GTEST_SKIP() << "SKIPPED: openssl cannot make a certificate here: " << made.err;
  uint16_t port = free_port();
  // The registry behind it does not know of TLS: its Location is http.
  auto nginx = in_front_of(*server,
                           fmt::format("listen 127.0.0.1:{} ssl; ssl_certificate {}/cert.pem; "
                                       "ssl_certificate_key {}/key.pem; client_max_body_size 0;",
                                       port, folder.path().string(), folder.path().string()),
                           folder);
  SKIP_WITHOUT(nginx);
  auto host = *RegistryHost::parse(fmt::format("localhost:{}", port));
  http::ClientOptions trusting;
  trusting.ca_files = {folder / "cert.pem"};
  OurSide ours(host, {}, trusting, false);
  EXPECT_SENT(ours.send(random_bytes(mebibyte)));
  EXPECT_SENT(ours.send_growing(random_bytes(2 * mebibyte, 2)));
  EXPECT_DONE(put_all(*ours.repository, {SampleImage()}, tag("latest")));

  OurSide distrusting(host, {}, {}, false);
  auto refused = distrusting.repository->find(tag("latest"), {});
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().kind(), ErrorKind::denied) << refused.error().text();
}

}  // namespace
}  // namespace eulerpublisher::test
