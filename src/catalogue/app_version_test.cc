#include "catalogue/app_version.h"

#include <gtest/gtest.h>

#include <ostream>

#include "catalogue/latest.h"

namespace eulerpublisher::catalogue {
namespace {

using Kind = AppVersion::Kind;

AppVersion read(std::string_view text) { return AppVersion::read(text); }

// Each is greater than the one before it.
void expect_ascending(const std::vector<std::string>& versions) {
  for (size_t i = 1; i < versions.size(); ++i) {
    EXPECT_TRUE(read(versions[i - 1]) < read(versions[i])) << versions[i - 1] << " < " << versions[i];
    EXPECT_TRUE(read(versions[i]) > read(versions[i - 1])) << versions[i] << " > " << versions[i - 1];
  }
}

TEST(AppVersion, TakesHexadecimalDigitsWithALetterForACommit) {
  for (const char* text : {"3b0ff80", "6b54e46", "0123456789abcdef0123456789abcdef01234567"})
    EXPECT_EQ(read(text).kind(), Kind::commit) << text;
  EXPECT_EQ(read("1234567").kind(), Kind::number) << "no letter in it";
  EXPECT_EQ(read("3b0ff8").kind(), Kind::number) << "six digits are too few";
  EXPECT_TRUE(read("3b0ff80") == read("6b54e46"));
}

TEST(AppVersion, TakesYearAndMonthInOneNumberForADate) {
  for (const char* text : {"29Aug2024", "stable_29Aug2024", "20180223", "202408"})
    EXPECT_EQ(read(text).kind(), Kind::date) << text;
  EXPECT_EQ(read("29Aug2024").numbers(), (std::vector<std::string>{"2024", "8", "29"}));
  EXPECT_EQ(read("20240829").numbers(), (std::vector<std::string>{"2024", "8", "29"}));
  for (const char* text : {"2025.07.0", "202413", "20241301", "20240832", "18991201", "29Foo2024"})
    EXPECT_NE(read(text).kind(), Kind::date) << text;
  expect_ascending({"20180223", "202408", "20240829", "29Aug2024_update1", "30Aug2024"});
}

TEST(AppVersion, DropsAProductsNameAndTheLetterV) {
  EXPECT_EQ(read("chroma-3-44-0").numbers(), (std::vector<std::string>{"3", "44"}));
  EXPECT_EQ(read("v1.2").numbers(), (std::vector<std::string>{"1", "2"}));
  EXPECT_EQ(read("k8s-1.28").numbers(), (std::vector<std::string>{"1", "28"}));
  EXPECT_EQ(read("pytorch2.1.0.a1-cann7.0.RC1.alpha002").numbers(), (std::vector<std::string>{"2", "1"}));
  EXPECT_FALSE(read("pytorch2.1.0.a1-cann7.0.RC1.alpha002").released());
}

TEST(AppVersion, DropsTrailingZerosOnly) {
  EXPECT_TRUE(read("1.0") == read("1.0.0"));
  EXPECT_TRUE(read("1") == read("1.0"));
  EXPECT_EQ(read("3.10").numbers(), (std::vector<std::string>{"3", "10"}));
  EXPECT_EQ(read("2025.07.0").numbers(), (std::vector<std::string>{"2025", "7"}));
  EXPECT_EQ(read("0.0").numbers(), std::vector<std::string>{"0"});
  expect_ascending({"3.1", "3.2", "3.10", "3.10.1", "25.3.1.2703", "99999999999999999999.1"});
}

TEST(AppVersion, OrdersWhatComesBeforeARelease) {
  expect_ascending({"1.0-dev1", "1.0a1", "1.0.alpha2", "1.0-beta", "1.0m3", "1.0-preview1", "1.0rc0",
                    "1.0.RC1", "1.0-rc.2", "1.0cr3"});
  expect_ascending({"8.2.RC1.alpha001", "8.2.RC1.alpha002", "8.2.RC1"});
  EXPECT_TRUE(read("9.9rc1") < read("0.1")) << "a release stands above every pre-release";
}

TEST(AppVersion, OrdersWhatComesAfterARelease) {
  expect_ascending({"1.0", "1.0p1", "1.0.post2", "1.0-sp10"});
  expect_ascending({"4.3.5_CE", "4.3.5_CE_BP2", "4.3.5_CE_BP2_HF1", "4.3.5_CE_BP3"});
  expect_ascending({"8u382", "8u392"});
  for (const char* text : {"1.0-final", "1.0.GA", "1.0-release", "1.0_CE", "1.0-ee"})
    EXPECT_TRUE(read(text) == read("1.0")) << text;
}

TEST(AppVersion, LetsTheFirstUnknownWordBeginAFlavourWithoutOrder) {
  auto version = read("0.11.0rc0-torch_npu2.5.1-cann8.1.rc1-python3.10");
  EXPECT_FALSE(version.released()) << "because of its first word, not its last";
  EXPECT_EQ(version.numbers(), (std::vector<std::string>{"0", "11"}));
  EXPECT_EQ(version.flavour(), "torch_npu2.5.1-cann8.1.rc1-python3.10");
  EXPECT_TRUE(read("0.7.3-torch_npu2.5.1-cann8.1.rc1-python3.10").released());
  EXPECT_TRUE(read("1.0.0.cpu") == read("1.0.0.gpu"));
  EXPECT_TRUE(read("8.1.RC1-python3.11") == read("8.1.RC1-python3.10"));
  EXPECT_EQ(read("13.0.0-python3.10").flavour(), "python3.10");
}

TEST(AppVersion, PutsNumbersAboveDatesAndDatesAboveCommits) {
  expect_ascending({"3b0ff80", "20180223", "0.0.1"});
  EXPECT_TRUE(read("2025.07.0").begins_with_year());
  EXPECT_FALSE(read("5.26.7").begins_with_year());
  EXPECT_EQ(read("nonsense").kind(), Kind::commit) << "without a number there is no order";
}

TEST(WouldGoBack, GoesByTheVersionAndThenByOpenEuler) {
  EXPECT_TRUE(would_go_back("8.2-oe2403lts", "8.1-oe2403sp1"));
  EXPECT_TRUE(would_go_back("8.2-oe2403sp1", "8.2-oe2403lts"));
  EXPECT_TRUE(would_go_back("8.2-oe2403lts", "8.2rc1-oe2403lts"));
  EXPECT_FALSE(would_go_back("8.2-oe2403lts", "8.10-oe2203lts"));
  EXPECT_FALSE(would_go_back("8.2-oe2403lts", "8.2-oe2403lts"));
}

TEST(AppVersion, SaysWhatDecided) {
  auto by = [](const char* left, const char* right) {
    return AppVersion::difference(read(left), read(right));
  };
  EXPECT_EQ(by("1.0", "20180223"), "a version number, not a date or a commit");
  EXPECT_EQ(by("1.0", "2.0rc1"), "a release, not a pre-release");
  EXPECT_EQ(by("1.1", "1.0"), "the higher version");
  EXPECT_EQ(by("1.0rc2", "1.0rc1"), "the later pre-release");
  EXPECT_EQ(by("1.0p1", "1.0"), "the later patch");
  EXPECT_EQ(by("1.0", "1.0.0"), "");
}

}  // namespace
}  // namespace eulerpublisher::catalogue
