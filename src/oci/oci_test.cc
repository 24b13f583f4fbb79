#include <gtest/gtest.h>

#include "oci/document.h"
#include "oci/media_type.h"
#include "oci/name.h"

namespace eulerpublisher {
namespace {

const std::string some_hex(64, 'a');

TEST(Digest, ComesOnlyFromWellFormedText) {
  EXPECT_EQ(Digest::parse("sha256:" + some_hex)->hex(), some_hex);
  EXPECT_EQ(Digest::parse("sha512:" + some_hex + some_hex)->algorithm(), "sha512");
  for (const std::string& bad : std::vector<std::string>{"", some_hex, "sha256:", "sha256:" + some_hex.substr(1),
                          "sha256:" + std::string(64, 'A'), "md5:" + some_hex, "sha256:" + some_hex + "0"})
    EXPECT_FALSE(Digest::parse(bad).has_value()) << bad;
}

TEST(Digest, FoldsTheCaseOfAChecksum) { EXPECT_EQ(Digest::sha256(std::string(64, 'A'))->hex(), some_hex); }

TEST(Digest, OfNothingIsTheWellKnownOne) {
  EXPECT_EQ(digest_of("").hex(), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

TEST(Platform, UnderstandsMachineNames) {
  EXPECT_EQ(Platform::parse("x86_64")->architecture, "amd64");
  EXPECT_EQ(Platform::parse("aarch64")->architecture, "arm64");
  EXPECT_EQ(Platform::parse("loongarch64")->architecture, "loong64");
  EXPECT_EQ(Platform::parse("linux/arm64/v8")->text(), "linux/arm64/v8");
  EXPECT_EQ(Platform::parse("loong64")->machine(), "loongarch64");
  EXPECT_FALSE(Platform::parse("pdp11").has_value());
}

TEST(Platform, RefusesOneNamedTwice) {
  EXPECT_EQ(parse_platforms("amd64, aarch64")->size(), 2u);
  EXPECT_FALSE(parse_platforms("amd64,x86_64").has_value());
  EXPECT_FALSE(parse_platforms("amd64,").has_value());
}

TEST(Tag, FollowsTheGrammar) {
  for (auto good : {"latest", "24.03-lts-sp1", "_x", "A", "8.1.RC1"}) EXPECT_TRUE(Tag::parse(good).has_value()) << good;
  for (auto bad : {"", ".x", "-x", "velinux/1.0+x", "a b", "ä"}) EXPECT_FALSE(Tag::parse(bad).has_value()) << bad;
  EXPECT_TRUE(Tag::parse(std::string(128, 'x')).has_value());
  EXPECT_FALSE(Tag::parse(std::string(129, 'x')).has_value());
}

TEST(RepositoryName, FollowsTheGrammar) {
  for (auto good : {"openeuler/openeuler", "a", "a.b_c__d---e/f"})
    EXPECT_TRUE(RepositoryName::parse(good).has_value()) << good;
  for (auto bad : {"", "/", "a/", "/a", "A", "a..b", "a___b", "-a", "a-", "a b", "a:b"})
    EXPECT_FALSE(RepositoryName::parse(bad).has_value()) << bad;
}

TEST(RegistryHost, KnowsLoopback) {
  for (auto text : {"127.0.0.1:5000", "localhost", "[::1]:5000", "127.9.9.9"})
    EXPECT_TRUE(RegistryHost::parse(text)->is_loopback()) << text;
  for (auto text : {"docker.io", "127.example.org", "localhost.example.org", "10.0.0.1:5000"})
    EXPECT_FALSE(RegistryHost::parse(text)->is_loopback()) << text;
  for (auto bad : {"", ":5000", "host:", "host:99999", "host/path", "user@host", "[::1", "a b", "http://x"})
    EXPECT_FALSE(RegistryHost::parse(bad).has_value()) << bad;
}

TEST(Index, PrintsTheSameBytesForTheSameValue) {
  Index index{std::string(media_type::index), {}, {{"b", "2"}, {"a", "1"}}};
  Descriptor child{std::string(media_type::manifest), digest_of("x"), 1, {}, Platform{"linux", "arm64", ""}};
  index.manifests.push_back(child);
  std::string bytes = index.print();
  EXPECT_EQ(bytes.find("\"a\":\"1\",\"b\":\"2\"") != bytes.npos, true) << bytes;
  auto again = Index::parse(bytes);
  ASSERT_TRUE(again.has_value()) << again.error().text();
  EXPECT_EQ(again->manifests[0], child);
  EXPECT_EQ(again->print(), bytes);
}

TEST(Manifest, RefusesWhatIsNone) {
  for (auto bad : {"", "[]", "{", "null", R"({"config":1})", R"({"config":{"digest":"x","size":1}})",
                   R"({"layers":[]})", R"({"mediaType":"text/plain"})"})
    EXPECT_FALSE(Manifest::parse(bad).has_value()) << bad;
  EXPECT_FALSE(Manifest::parse(std::string(100000, '[')).has_value());
}

TEST(Config, ReadsWhatDockerAndSkopeoWrite) {
  auto config = Config::parse(R"({"architecture":"arm64","os":"linux","created":"2024-06-01T10:00:00Z",
    "config":{"Cmd":null,"Env":["PATH=/bin"],"Labels":{"a":"b"}},
    "rootfs":{"type":"layers","diff_ids":["sha256:)" + some_hex + R"("]},
    "history":[{"created_by":"kiwi"},{"empty_layer":true}]})");
  ASSERT_TRUE(config.has_value()) << config.error().text();
  EXPECT_EQ(config->platform.text(), "linux/arm64");
  EXPECT_TRUE(config->cmd.empty());
  EXPECT_EQ(config->diff_ids.size(), 1u);
  EXPECT_TRUE(config->history[1].empty_layer);
}

}  // namespace
}  // namespace eulerpublisher
