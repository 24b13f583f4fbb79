#include "http/challenge.h"

#include <gmock/gmock.h>

#include "http/base64.h"

namespace eulerpublisher::http {
namespace {

using ::testing::ElementsAre;
using ::testing::Pair;

TEST(Challenge, ReadsWhatRegistriesSend) {
  auto all = parse_challenges(
      {R"(Bearer realm="https://auth.example/token",service="registry.example",scope="repository:a/b:pull,push")"});
  ASSERT_EQ(all.size(), 1u);
  EXPECT_EQ(all[0].scheme, "bearer");
  EXPECT_EQ(all[0].get("realm"), "https://auth.example/token");
  EXPECT_EQ(all[0].get("service"), "registry.example");
  EXPECT_EQ(all[0].get("scope"), "repository:a/b:pull,push");
}

TEST(Challenge, ReadsSeveralInOneHeaderAndInSeveral) {
  auto all = parse_challenges(
      {"Negotiate YWJj==, Basic realm=\"a, \\\"b\\\"\" , charset = UTF-8, NTLM", "bearer Realm=x"});
  ASSERT_EQ(all.size(), 4u);
  EXPECT_EQ(all[0].scheme, "negotiate");
  EXPECT_TRUE(all[0].parameters.empty());
  EXPECT_EQ(all[1].scheme, "basic");
  EXPECT_THAT(all[1].parameters, ElementsAre(Pair("charset", "UTF-8"), Pair("realm", "a, \"b\"")));
  EXPECT_EQ(all[2].scheme, "ntlm");
  EXPECT_EQ(all[3].get("realm"), "x");
}

TEST(Challenge, TakesAnyInput) {
  for (std::string text :
       {"", ",,,", "=", "\"", "Bearer realm=\"", "Bearer =\"x\", realm", "Bearer realm=\"a\\",
        "\x01\x02 Basic", "a=b", "Bearer realm==, x", ";;; \"a,b\" ;,Basic"})
    (void)parse_challenges({text});
  EXPECT_TRUE(parse_challenges({"a=b, c=\"d\""}).empty());
  EXPECT_EQ(parse_challenges({";;; \"a,b\" ;,Basic"}).size(), 1u);
  std::string endless;
  for (int i = 0; i < 100'000; ++i) endless += "a" + std::to_string(i) + ", ";
  EXPECT_LE(parse_challenges({endless, endless}).size(), 16u);
}

TEST(Base64, GoesBothWays) {
  for (std::string text : {"", "a", "ab", "abc", "user:pass\xff\x00"})
    EXPECT_EQ(from_base64(to_base64(text)), text);
  EXPECT_EQ(to_base64("user:pass"), "dXNlcjpwYXNz");
  EXPECT_EQ(from_base64("dXNlcg"), "user");
  EXPECT_EQ(from_base64("_-8="), "\xff\xef");
  EXPECT_EQ(from_base64("abc!"), std::nullopt);
  EXPECT_EQ(from_base64("abcde"), std::nullopt);
}

}  // namespace
}  // namespace eulerpublisher::http
