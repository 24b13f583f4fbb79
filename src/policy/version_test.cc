#include "policy/version.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

namespace eulerpublisher {
namespace {

TEST(Version, IsReadInAnyCaseAndWithTheNameInFront) {
  for (const char* text : {"24.03-LTS-SP1", "24.03-lts-sp1", "24.03-Lts-sP1", "openEuler-24.03-LTS-SP1",
                           "OPENEULER-24.03-lts-sp1"}) {
    auto version = Version::parse(text);
    ASSERT_TRUE(version.has_value()) << text;
    EXPECT_EQ(version->text(), "24.03-LTS-SP1");
    EXPECT_EQ(version->year(), 24);
    EXPECT_EQ(version->month(), 3);
    EXPECT_TRUE(version->lts());
    EXPECT_EQ(version->service_pack(), 1);
  }
}

TEST(Version, IsWrittenAsTheRepositoryTheTagAndOsReleaseWriteIt) {
  struct Row {
    const char *text, *series, *tag, *os_release;
  };
  for (const Row& row :
       {Row{"24.03-LTS-SP1", "24.03", "24.03-lts-sp1", "24.03 (LTS-SP1)"},
        Row{"22.03-LTS", "22.03", "22.03-lts", "22.03 (LTS)"}, Row{"23.09", "23.09", "23.09", "23.09"},
        Row{"20.03-LTS-SP12", "20.03", "20.03-lts-sp12", "20.03 (LTS-SP12)"}}) {
    auto version = Version::parse(row.text);
    ASSERT_TRUE(version.has_value()) << row.text;
    EXPECT_EQ(version->text(), row.text);
    EXPECT_EQ(version->series(), row.series);
    EXPECT_EQ(version->tag().text(), row.tag);
    EXPECT_EQ(version->os_release(), row.os_release);
  }
}

TEST(Version, LookAlikesAreNoVersions) {
  for (const char* text : {"",
                           "24.3",
                           "24",
                           "24.",
                           "4.03",
                           "2024.03",
                           "24.00",
                           "24.13",
                           "24.03-SP1",
                           "24.03-LTS-SP0",
                           "24.03-LTS-SP",
                           "24.03-LTS-SP01",
                           "24.03-LTS-SP100",
                           "24.03-LTS-",
                           "24.03-LTS-SP1-test",
                           "openEuler-24.03-LTS-SP1-test",
                           "openEuler-",
                           "openEuler-openEuler-24.03",
                           "DevStation",
                           "latest",
                           " 24.03",
                           "24.03 ",
                           "24.03-LTSSP1",
                           "24,03",
                           "24.03/../..",
                           "24.03-LTS\n",
                           "-1.03",
                           "２４.03"}) {
    auto version = Version::parse(text);
    ASSERT_FALSE(version.has_value()) << text;
    EXPECT_EQ(version.error().kind(), ErrorKind::invalid);
  }
}

TEST(Version, AWrongOneIsToldTheRightForm) {
  EXPECT_EQ(Version::parse("24.3").error().text(),
            "'24.3' is not a version of openEuler: write it like 24.03-LTS-SP1, 22.03-LTS or 23.09");
}

TEST(Version, IsOrderedByYearMonthAndServicePack) {
  std::vector<Version> versions;
  for (const char* text :
       {"24.03-LTS-SP10", "23.09", "24.03-LTS-SP2", "22.03-LTS", "24.03-LTS", "20.03-LTS-SP4"})
    versions.push_back(*Version::parse(text));
  std::ranges::sort(versions);
  std::vector<std::string> names;
  for (const Version& version : versions) names.push_back(version.text());
  EXPECT_EQ(names, (std::vector<std::string>{"20.03-LTS-SP4", "22.03-LTS", "23.09", "24.03-LTS",
                                             "24.03-LTS-SP2", "24.03-LTS-SP10"}));
  EXPECT_EQ(*Version::parse("24.03-lts"), *Version::parse("openEuler-24.03-LTS"));
}

}  // namespace
}  // namespace eulerpublisher
