#include "http/url.h"

#include <gmock/gmock.h>

#include "http/client.h"
#include "http/secret.h"

namespace eulerpublisher::http {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

Url url(std::string_view text) {
  auto parsed = Url::parse(text);
  EXPECT_TRUE(parsed.has_value()) << text;
  return *parsed;
}

TEST(Url, IsTakenApartAndKeptAsItIsAsked) {
  Url address = url("https://Registry.Example:5000/v2/a/../b%2Fc/?digest=sha256%3Aab&x=1#there");
  EXPECT_EQ(address.scheme(), "https");
  EXPECT_EQ(address.host(), "registry.example");
  EXPECT_EQ(address.port(), 5000);
  EXPECT_EQ(address.query(), "digest=sha256%3Aab&x=1");
  EXPECT_EQ(address.origin(), "https://registry.example:5000");
  EXPECT_EQ(address.host_and_port(), "registry.example:5000");
  EXPECT_EQ(url("https://registry.example/").host_and_port(), "registry.example");
  EXPECT_EQ(url("http://[::1]:5000/").host(), "::1");
  EXPECT_EQ(url("http://[::1]:5000/").host_and_port(), "[::1]:5000");
  EXPECT_EQ(url("http://a.example").path(), "/");
}

TEST(Url, IsHttpOrNothing) {
  for (std::string text : {"", "registry.example", "ftp://a.example/", "file:///etc/passwd", "https://",
                           "https://a.example/ b", "https://a.example/\r\nX: y", "https://a b/",
                           "http://a.example:99999/", "javascript:alert(1)", "//a.example/"})
    EXPECT_FALSE(Url::parse(text).has_value()) << text;
}

TEST(Url, ResolvesWhatALocationSays) {
  Url asked = url("https://registry.example:5000/v2/a/blobs/uploads/?x=1");
  EXPECT_EQ(asked.resolve("/v2/a/blobs/uploads/7?_state=s%2F")->text(),
            "https://registry.example:5000/v2/a/blobs/uploads/7?_state=s%2F");
  EXPECT_EQ(asked.resolve("7?y")->text(), "https://registry.example:5000/v2/a/blobs/uploads/7?y");
  EXPECT_EQ(asked.resolve("?n=2")->query(), "n=2");
  EXPECT_EQ(asked.resolve("//cdn.example/x")->text(), "https://cdn.example/x");
  EXPECT_EQ(asked.resolve("http://user:pass@other.example/x y")->text(), "http://other.example/x%20y");
  for (std::string bad : {"", "ftp://a.example/", "http://"})
    EXPECT_FALSE(asked.resolve(bad).has_value()) << bad;
}

TEST(Url, RepairsTheLocationOfAServerBehindAProxy) {
  Url asked = url("https://registry.example:5000/v2/a");
  auto repaired = [&](const std::string& location) { return asked.resolve_behind_proxy(location)->text(); };
  EXPECT_EQ(repaired("/v2/b?c"), "https://registry.example:5000/v2/b?c");
  EXPECT_EQ(repaired("http://registry.example/v2/b?c"), "https://registry.example:5000/v2/b?c");
  EXPECT_EQ(repaired("https://registry.example/v2/b"), "https://registry.example:5000/v2/b");
  EXPECT_EQ(repaired("http://registry.example:5000/v2/b"), "https://registry.example:5000/v2/b");
  EXPECT_EQ(repaired("https://registry.example:5001/v2/b"), "https://registry.example:5001/v2/b");
  EXPECT_EQ(repaired("http://other.example/v2/b"), "http://other.example/v2/b");
  EXPECT_EQ(url("https://registry.example/v2/").resolve_behind_proxy("http://registry.example/x")->text(),
            "https://registry.example:443/x");
  EXPECT_EQ(url("http://registry.example/v2/").resolve_behind_proxy("https://registry.example/x")->text(),
            "https://registry.example/x");
}

TEST(Url, KnowsAddressesThatAreNotOfThePublicInternet) {
  for (std::string host : {"127.0.0.1", "127.9.9.9", "localhost", "a.localhost", "10.0.0.1", "172.16.0.1",
                           "172.31.255.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "[::1]",
                           "[fe80::1]", "[fd00::1]", "[::ffff:10.0.0.1]", "[::]", "2130706433", "0x7f.1"})
    EXPECT_TRUE(url("http://" + host + "/").is_private()) << host;
  for (std::string host :
       {"8.8.8.8", "172.32.0.1", "100.128.0.1", "[2001:4860::1]", "registry.example", "10.example"})
    EXPECT_FALSE(url("http://" + host + "/").is_private()) << host;
  EXPECT_TRUE(url("http://127.0.0.1/").is_loopback());
  EXPECT_FALSE(url("http://10.0.0.1/").is_loopback());
}

TEST(Url, ShowsNoSecret) {
  Url address =
      url("https://ann:marked@s3.example/"
          "bucket?X-Amz-Signature=marked1&X-Amz-Credential=marked2&digest=sha256:ab&_state=marked3"
          "&token=marked4&marked5=");
  EXPECT_THAT(address.shown(), Not(HasSubstr("marked1")));
  EXPECT_EQ(url("https://ann:marked@a.example/b?digest=sha256:ab&_state=marked&n=5").shown(),
            "https://a.example/b?digest=sha256:ab&_state=***&n=5");
  EXPECT_THAT(Url::parse("ftp://ann:marked@a.example/?sig=marked").error().text(),
              Not(HasSubstr("sig=marked")));
}

TEST(Url, TakesMoreParameters) {
  EXPECT_EQ(url("https://a.example/token").with_query("scope", "a:b/c:pull,push").text(),
            "https://a.example/token?scope=a%3Ab%2Fc%3Apull%2Cpush");
  EXPECT_EQ(url("https://a.example/?x=1").with_query("y", "2").with_query("y", "3").text(),
            "https://a.example/?x=1&y=2&y=3");
}

TEST(Redact, HidesWhatLooksLikeASecret) {
  EXPECT_EQ(redact("see https://ann:marked@a.example/x?sig=marked&n=1, then Authorization: Bearer marked"),
            "see https://a.example/x?sig=***&n=1, then Authorization: Bearer ***");
  EXPECT_EQ(redact("Basic bWFya2Vk\" end"), "Basic ***\" end");
  EXPECT_EQ(redact("Bearer realm=\"https://a.example/\""), "Bearer realm=\"https://a.example/\"");
  EXPECT_EQ(redact("http://"), "http://");
  EXPECT_EQ(redact("nothing here"), "nothing here");
}

TEST(Headers, CompareWithoutCaseAndMayStandTwice) {
  Headers headers{{"Link", "a"}, {"link", "b"}};
  EXPECT_EQ(headers.get("LINK"), "a");
  EXPECT_EQ(headers.all("Link").size(), 2u);
  headers.set("liNk", "c");
  EXPECT_EQ(headers.list().size(), 1u);
  EXPECT_EQ(headers.get("other"), std::nullopt);
}

TEST(Secret, IsOverwrittenWhenItGoes) {
  Secret secret(std::string(40, 'm'));
  const char* where = secret.reveal().data();
  Secret moved = std::move(secret);
  EXPECT_EQ(moved.reveal(), std::string(40, 'm'));
  EXPECT_EQ(where[0], '\0');
  static_assert(!fmt::is_formattable<Secret>::value);
}

}  // namespace
}  // namespace eulerpublisher::http
