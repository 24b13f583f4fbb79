#include "inspect/secrets.h"

#include <gtest/gtest.h>

namespace eulerpublisher {
namespace {

// Put together here, so that this file itself holds no secret.
std::string key(const std::string& label, const std::string& body) {
  return "-----BEGIN " + label + "PRIVATE KEY-----" + body + "-----END " + label + "PRIVATE KEY-----\n";
}
const std::string body = "\nMIIEpAIBAAKCAQEAuXk1Jf3Zp0Yw7vQ2rT5nB8cLdE4sGhKa9\n";

std::vector<std::string> kinds(const std::string& content) {
  std::vector<std::string> kinds;
  for (const SecretFound& found : find_secrets(content)) kinds.push_back(found.kind);
  return kinds;
}
using Kinds = std::vector<std::string>;

TEST(FindSecrets, KnowsPrivateKeysOfEveryKind) {
  EXPECT_EQ(kinds(key("", body)), Kinds{"a private key"});
  EXPECT_EQ(kinds(key("RSA ", "\nProc-Type: 4,ENCRYPTED\n")), Kinds{"a private key (RSA)"});
  EXPECT_EQ(kinds("x\n" + key("OPENSSH ", body)), Kinds{"a private key (OPENSSH)"});
  std::string in_json =
      R"({"private_key":")" + key("", "\\nMIIEpAIBAAKCAQEAuXk1Jf3Zp0Yw7vQ2rT5nB8cLdE4sGhKa9\\n");
  EXPECT_EQ(kinds(in_json), Kinds{"a private key"});
}

TEST(FindSecrets, KnowsTokensByTheirForm) {
  std::string letters = "aB3dE5gH7jK9mN1pQ3sT5vW7yZ9bC1dE3fG5hJ7k";
  EXPECT_EQ(kinds("token=ghp_" + letters.substr(0, 36) + "\n"), Kinds{"a token of GitHub"});
  EXPECT_EQ(kinds("glpat-" + letters.substr(0, 20)), Kinds{"a token of GitLab"});
  EXPECT_EQ(kinds("AKIA" + std::string("QW3RT5YU7IO9PASD")), Kinds{"an access key of AWS"});
  EXPECT_EQ(kinds("'hf_" + letters.substr(0, 34) + "'"), Kinds{"a token of Hugging Face"});
}

TEST(FindSecrets, SaysTheLine) {
  auto found = find_secrets("one\ntwo\n" + key("EC ", body));
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].line, 3u);
}

TEST(FindSecrets, PassesWhatOnlyLooksLikeOne) {
  EXPECT_EQ(kinds("-----BEGIN RSA PRIVATE KEY-----\0-----END"), Kinds{});
  EXPECT_EQ(kinds("-----BEGIN CERTIFICATE-----" + body), Kinds{});
  EXPECT_EQ(kinds("AKIAIOSFODNN7EXAMPLE"), Kinds{});
  EXPECT_EQ(kinds("ghp_" + std::string(36, 'x')), Kinds{});
  EXPECT_EQ(kinds("XAKIAQW3RT5YU7IO9PASD"), Kinds{});
  EXPECT_EQ(kinds("AKIAQW3RT5YU7IO9PASDF"), Kinds{});
  EXPECT_EQ(kinds(""), Kinds{});
  EXPECT_EQ(kinds("gh"), Kinds{});
}

TEST(FindSecrets, FindsItAtEveryPlace) {
  std::string token = "npm_aB3dE5gH7jK9mN1pQ3sT5vW7yZ9bC1dE3fG5";
  for (size_t before = 0; before < 9; ++before)
    for (size_t after = 0; after < 3; ++after)
      EXPECT_EQ(kinds(std::string(before, ' ') + token + std::string(after, '\n')).size(), 1u) << before;
}

}  // namespace
}  // namespace eulerpublisher
