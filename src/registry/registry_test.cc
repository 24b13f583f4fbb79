#include <gtest/gtest.h>

#include <filesystem>
#include <thread>

#include "registry/layout_repository.h"
#include "registry/profile.h"
#include "registry/refusal.h"
#include "registry/registry.h"
#include "registry/remote_repository.h"
#include "registry/tag_pages.h"
#include "registry/upload_session.h"
#include "support/http_fakes.h"

namespace eulerpublisher {
namespace {

using test::FakeClient;
using test::FakeClock;
using test::FakeRandom;
using test::status;

RegistryHost host(const std::string& text) { return *RegistryHost::parse(text); }
RepositoryName name(const std::string& text) { return *RepositoryName::parse(text); }

TEST(Profiles, EachRegistryHasItsOwnAndAllOthersTheLast) {
  EXPECT_EQ(profile_for(host("docker.io")).name, "Docker Hub");
  EXPECT_EQ(profile_for(host("quay.io")).name, "Quay");
  EXPECT_EQ(profile_for(host("hub.oepkgs.net")).name, "Harbor");
  EXPECT_EQ(profile_for(host("ghcr.io")).name, "GHCR");
  EXPECT_EQ(profile_for(host("1.dkr.ecr.us-east-1.amazonaws.com")).name, "ECR");
  EXPECT_EQ(profile_for(host("europe-docker.pkg.dev")).name, "Google Artifact Registry");
  EXPECT_EQ(profile_for(host("me.azurecr.io")).name, "ACR");
  EXPECT_EQ(profile_for(host("registry.cn-hangzhou.aliyuncs.com")).name, "Aliyun");
  EXPECT_EQ(profile_for(host("127.0.0.1:5000")).name, "docker-registry");
}

TEST(Profiles, EveryProfileMakesSense) {
  for (const Profile& profile : built_in_profiles()) {
    EXPECT_FALSE(profile.name.empty());
    EXPECT_LE(profile.smallest_piece, profile.largest_piece) << profile.name;
    EXPECT_GT(profile.smallest_piece, 0u) << profile.name;
    EXPECT_TRUE(profile.pieces || profile.way == Profile::Way::whole) << profile.name;
    EXPECT_GT(profile.at_once, 0) << profile.name;
  }
}

TEST(Profiles, APatternMatchesAWholeHostName) {
  EXPECT_TRUE(host_matches("quay.io", host("quay.io")));
  EXPECT_TRUE(host_matches("quay.io", host("Quay.IO:443")));
  EXPECT_FALSE(host_matches("quay.io", host("evilquay.io")));
  EXPECT_TRUE(host_matches("*.azurecr.io", host("me.azurecr.io")));
  EXPECT_FALSE(host_matches("*.azurecr.io", host("azurecr.io")));
  EXPECT_FALSE(host_matches("*.azurecr.io", host("meazurecr.io")));
  EXPECT_TRUE(host_matches("127.0.0.1:5000", host("127.0.0.1:5000")));
  EXPECT_FALSE(host_matches("127.0.0.1:5000", host("127.0.0.1:5001")));
}

TEST(Registry, SpeaksHttpsExceptToLoopbackAndThoseNamed) {
  FakeClient client([](const auto&) { return status(200); });
  EXPECT_EQ(Registry(client, host("quay.io")).url("a/b").text(), "https://quay.io/v2/a/b");
  EXPECT_EQ(Registry(client, host("docker.io")).url("").text(), "https://registry-1.docker.io/v2/");
  EXPECT_EQ(Registry(client, host("127.0.0.1:5000")).url("").text(), "http://127.0.0.1:5000/v2/");
  EXPECT_EQ(Registry(client, host("[::1]:5000")).url("").text(), "http://[::1]:5000/v2/");
  RegistryOptions plain, secure;
  plain.plain_http = true;
  secure.plain_http = false;
  EXPECT_EQ(Registry(client, host("old.example"), plain).url("").text(), "http://old.example/v2/");
  EXPECT_EQ(Registry(client, host("localhost:5000"), secure).url("").text(), "https://localhost:5000/v2/");
}

TEST(Registry, BeginsNoMoreRequestsASecondThanTheProfileAllows) {
  FakeClient client([](const auto&) { return status(200); });
  FakeClock clock;
  RegistryOptions options;
  options.clock = &clock;
  options.profile = Profile{.per_second = 2};
  Registry registry(client, host("slow.example"), options);
  for (int i = 0; i < 5; ++i) ASSERT_TRUE(registry.send({}, {}).has_value());
  EXPECT_EQ(clock.whole(), std::chrono::seconds(2));
}

TEST(Registry, SendsNoMoreRequestsAtOnceThanTheProfileAllows) {
  std::atomic<int> now = 0, most = 0;
  struct Counting : http::Client {
    std::atomic<int>&now, &most;
    Counting(std::atomic<int>& now, std::atomic<int>& most) : now(now), most(most) {}
    Result<http::Response> send(const http::Request&, std::stop_token) override {
      int seen = ++now;
      if (seen > most) most = seen;
      std::this_thread::yield();
      --now;
      return status(200);
    }
  } client(now, most);
  RegistryOptions options;
  options.profile = Profile{.at_once = 2};
  Registry registry(client, host("slow.example"), options);
  std::vector<std::jthread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] {
      for (int j = 0; j < 50; ++j) EXPECT_TRUE(registry.send({}, {}).has_value());
    });
  }
  threads.clear();
  EXPECT_LE(most, 2);
}

TEST(Registry, WaitsAsLongAsItIsAskedToButNotForAges) {
  FakeClient client([](const auto&) { return status(200); });
  FakeClock clock;
  FakeRandom chance;
  RegistryOptions options;
  options.clock = &clock;
  options.random = &chance;
  Registry registry(client, host("busy.example"), options);
  http::Response busy = status(429, {{"Retry-After", "42"}});
  ASSERT_TRUE(registry.wait(0, &busy, {}).has_value());
  EXPECT_EQ(clock.whole(), std::chrono::seconds(42));
  busy.headers.set("Retry-After", "86400");
  Done waited = registry.wait(0, &busy, {});
  ASSERT_FALSE(waited.has_value());
  EXPECT_EQ(waited.error().kind(), ErrorKind::unavailable);
}

TEST(Registry, LearnsSmallerPiecesAndNeverLargerOnes) {
  FakeClient client([](const auto&) { return status(200); });
  Registry registry(client, host("proxy.example"));
  registry.learn_pieces(1 << 20);
  registry.learn_pieces(4 << 20);
  EXPECT_EQ(registry.profile().way, Profile::Way::pieces);
  EXPECT_EQ(registry.profile().largest_piece, 1u << 20);
}

TEST(Registry, MountsFromWhereABlobIsKnownToBeElseFromTheSiblingsItWasTold) {
  FakeClient client([](const auto&) { return status(200); });
  RegistryOptions options;
  options.siblings = {name("told/one"), name("own/one")};
  Registry registry(client, host("quay.io"), options);
  Digest digest = digest_of("x");
  EXPECT_EQ(registry.sources(name("own/one"), digest), std::vector{name("told/one")});
  registry.note(name("seen/two"), digest);
  EXPECT_EQ(registry.sources(name("own/one"), digest), std::vector{name("seen/two")});
  EXPECT_TRUE(registry.sources(name("seen/two"), digest).empty());
}

TEST(Complaints, AreReadFromJsonAndFromPlainText) {
  EXPECT_EQ(complaint_in(R"({"errors":[{"code":"DENIED","message":"no"}]})").text(), "DENIED: no");
  EXPECT_EQ(complaint_in(R"({"message":"from a gateway"})").text(), "from a gateway");
  EXPECT_EQ(complaint_in("\n\ntoo many requests\nsecond line\n").text(), "too many requests");
  EXPECT_EQ(complaint_in("<html><h1>502</h1>").text(), "");
  EXPECT_EQ(complaint_in("").text(), "");
  EXPECT_EQ(complaint_in(R"({"errors":[]})").text(), "");
  EXPECT_EQ(complaint_in(R"({"errors":"odd","message":7})").text(), "");
  EXPECT_EQ(complaint_in(std::string(100'000, '[')).code, "");
}

TEST(Complaints, AreBoundedAndPrintable) {
  EXPECT_EQ(printable("a\x1b[31mb\r\n\tc", 100), "a [31mb   c");
  EXPECT_EQ(printable("g\xfc\xc3\xbc\xe2\x82", 100), "g?\xc3\xbc??");
  EXPECT_EQ(printable("\xc2\x9b!", 100), " !");
  EXPECT_EQ(printable(std::string(300, 'x'), 10), "xxxxxxxxxx…");
  EXPECT_LT(complaint_in(R"({"message":")" + std::string(5000, 'x') + "\"}").text().size(), 210u);
}

TEST(Refusals, SayWhatWhereAndWhatToDo) {
  auto refused = [](int code, std::string body = "") {
    return refusal(status(code, {}, std::move(body)), "quay.io/openeuler/openeuler", "setting tag latest");
  };
  EXPECT_EQ(refused(401, R"({"errors":[{"code":"UNAUTHORIZED","message":"access denied"}]})").text(),
            "quay.io/openeuler/openeuler: setting tag latest was answered with 401 (UNAUTHORIZED: access "
            "denied); log in to quay.io with a user that may do this");
  EXPECT_EQ(refused(404, R"({"errors":[{"code":"MANIFEST_UNKNOWN"}]})").text(),
            "quay.io/openeuler/openeuler: setting tag latest was answered with 404 (MANIFEST_UNKNOWN)");
  EXPECT_EQ(refused(401).kind(), ErrorKind::denied);
  EXPECT_EQ(refused(403).kind(), ErrorKind::denied);
  EXPECT_EQ(refused(404).kind(), ErrorKind::not_found);
  EXPECT_EQ(refused(409).kind(), ErrorKind::conflict);
  EXPECT_EQ(refused(412).kind(), ErrorKind::conflict);
  for (int code : {400, 405, 413, 415, 416}) EXPECT_EQ(refused(code).kind(), ErrorKind::unsupported) << code;
  for (int code : {408, 425, 429, 500, 502, 503, 504})
    EXPECT_EQ(refused(code).kind(), ErrorKind::unavailable) << code;
}

TEST(Ranges, AreReadInAllTheirForms) {
  auto received = [](const std::string& range) { return bytes_received(status(202, {{"Range", range}})); };
  EXPECT_EQ(received("0-99"), 100u);
  EXPECT_EQ(received("bytes=0-99"), 100u);
  EXPECT_EQ(received("0-0"), 1u);
  for (const char* odd :
       {"", "0--1", "1-2", "0-", "0-9x", "0-18446744073709551615", "0-99999999999999999999"})
    EXPECT_EQ(received(odd), std::nullopt) << odd;
  EXPECT_EQ(bytes_received(status(202)), std::nullopt);
}

TEST(Links, TheNextPageIsFoundAmongOthers) {
  EXPECT_EQ(next_link("</v2/a/tags/list?last=b&n=2>; rel=\"next\""), "/v2/a/tags/list?last=b&n=2");
  EXPECT_EQ(next_link("</first>; rel=\"first\", </second>; rel=next"), "/second");
  EXPECT_EQ(next_link("</first>; rel=\"first\""), std::nullopt);
  EXPECT_EQ(next_link("<never closed; rel=\"next\""), std::nullopt);
  EXPECT_EQ(next_link(""), std::nullopt);
}

TEST(TagPages, FollowLinksToTheirEndAndLeaveOutWhatIsNoTag) {
  TagPages pages(*http::Url::parse("https://quay.io/v2/a/tags/list?n=2"), "quay.io/a");
  ASSERT_TRUE(
      pages.add(status(200, {{"Link", "<?n=2&last=b>; rel=\"next\""}}, R"({"tags":["a","b"]})")).has_value());
  ASSERT_TRUE(pages.next().has_value());
  EXPECT_EQ(pages.next()->text(), "https://quay.io/v2/a/tags/list?n=2&last=b");
  ASSERT_TRUE(pages.add(status(200, {}, R"({"tags":["c","no tag",7,null]})")).has_value());
  EXPECT_FALSE(pages.next().has_value());
  EXPECT_EQ(pages.tags().size(), 3u);
}

TEST(TagPages, DoNotLeadToAnotherHostNorRunForEver) {
  http::Url first = *http::Url::parse("https://quay.io/v2/a/tags/list");
  TagPages led(first, "quay.io/a");
  Done away = led.add(status(200, {{"Link", "<https://evil.example/>; rel=\"next\""}}, R"({"tags":[]})"));
  ASSERT_FALSE(away.has_value());
  EXPECT_EQ(away.error().kind(), ErrorKind::corrupt);
  TagPages endless(first, "quay.io/a");
  Done added;
  int page = 0;
  while (added && endless.next() && page < 5000)
    added = endless.add(
        status(200, {{"Link", fmt::format("<?last={}>; rel=\"next\"", page++)}}, R"({"tags":null})"));
  EXPECT_FALSE(added.has_value());
  EXPECT_LT(page, 5000);
}

TEST(TagPages, RefuseWhatIsNoList) {
  TagPages pages(*http::Url::parse("https://quay.io/v2/a/tags/list"), "quay.io/a");
  EXPECT_FALSE(pages.add(status(200, {}, "<html>")).has_value());
}

TEST(UploadSession, LeadsNeitherFromEncryptionNorIntoAPrivateNetwork) {
  auto started_with = [](const std::string& location) {
    FakeClient client([&](const auto&) { return status(202, {{"Location", location}}); });
    Registry registry(client, host("quay.io"));
    UploadSession session(registry, name("a"));
    auto answer = session.start({});
    return answer ? std::string("followed") : std::string(name_of(answer.error().kind()));
  };
  EXPECT_EQ(started_with("/v2/a/blobs/uploads/1"), "followed");
  EXPECT_EQ(started_with("http://quay.io/v2/a/blobs/uploads/1"), "followed") << "our own https is kept";
  EXPECT_EQ(started_with("https://storage.example/1"), "followed");
  EXPECT_EQ(started_with("http://storage.example/1"), "denied");
  EXPECT_EQ(started_with("https://10.0.0.1/1"), "denied");
  EXPECT_EQ(started_with("https://127.0.0.1:5000/1"), "denied");
  EXPECT_EQ(started_with("ftp://quay.io/1"), "invalid");
}

TEST(UploadSession, AsksAnotherHostWithoutCredentialsAndItsOwnAgainWithThem) {
  std::string location = "https://storage.example/1?signature=s";
  FakeClient client([&](const auto&) { return status(202, {{"Location", location}}); });
  Registry registry(client, host("quay.io"));
  UploadSession session(registry, name("a"));
  ASSERT_TRUE(session.start({}).has_value());
  location = "https://quay.io/v2/a/blobs/uploads/2";
  ASSERT_TRUE(session.ask({}).has_value());
  ASSERT_TRUE(session.ask({}).has_value());
  ASSERT_EQ(client.asked.size(), 3u);
  EXPECT_FALSE(client.asked[0].anonymous);
  EXPECT_TRUE(client.asked[1].anonymous);
  EXPECT_TRUE(client.asked[1].scopes.empty());
  EXPECT_FALSE(client.asked[2].anonymous);
}

TEST(RemoteRepository, AHeaderThatContradictsTheManifestIsCorrupt) {
  std::string index =
      R"({"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[]})";
  FakeClient client([&](const auto&) {
    return status(200, {{"Content-Type", "application/vnd.oci.image.manifest.v1+json"}}, index);
  });
  RemoteRepository repository(std::make_shared<Registry>(client, host("quay.io")), name("a"));
  auto manifest = repository.manifest(digest_of(index), {});
  ASSERT_FALSE(manifest.has_value());
  EXPECT_EQ(manifest.error().kind(), ErrorKind::corrupt);
}

TEST(LayoutRepository, NothingIsMadeByLooking) {
  auto folder = std::filesystem::temp_directory_path() / "ep-layout-that-is-not-there";
  LayoutRepository repository(folder);
  EXPECT_EQ(repository.find(*Tag::parse("latest"), {}).value(), std::nullopt);
  EXPECT_TRUE(repository.tags({})->empty());
  EXPECT_TRUE(repository.may_push({}).has_value());
  EXPECT_FALSE(std::filesystem::exists(folder));
}

}  // namespace
}  // namespace eulerpublisher
