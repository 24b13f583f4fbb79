#include "policy/tag_parts.h"

#include <gtest/gtest.h>

namespace eulerpublisher {
namespace {

std::string openeuler(std::string_view tag) {
  TagParts parts = split_tag(tag);
  return parts.application + " | " + (parts.openeuler ? parts.openeuler->text() : "none");
}

TEST(SplitTag, ReadsTheOpenEulerPartInAllItsSpellings) {
  EXPECT_EQ(openeuler("8.6.4-oe2403sp4"), "8.6.4 | 24.03-LTS-SP4");
  EXPECT_EQ(openeuler("1.0-oe24.03lts"), "1.0 | 24.03-LTS");
  EXPECT_EQ(openeuler("1.16-22.03-lts"), "1.16 | 22.03-LTS");
  EXPECT_EQ(openeuler("1.16-20.03-lts-sp1"), "1.16 | 20.03-LTS-SP1");
  EXPECT_EQ(openeuler("1.0-oe2503"), "1.0 | 25.03");
  EXPECT_EQ(openeuler("8.1.RC1-python3.11-oe2203lts"), "8.1.RC1-python3.11 | 22.03-LTS");
  EXPECT_EQ(openeuler("1.0-OE2403SP1"), "1.0 | 24.03-LTS-SP1");
}

TEST(SplitTag, SaysWhetherOpenEulerIsNamed) {
  EXPECT_TRUE(split_tag("8.6.4-OE2403sp4").marked);
  EXPECT_FALSE(split_tag("1.16-22.03-lts").marked);
  EXPECT_FALSE(split_tag("oe-1.0").marked);
}

TEST(SplitTag, LeavesWhatIsNone) {
  for (const char* tag : {"1.0", "1.0-2403", "1.0-oe2413lts", "1.0-oe2403sp1x", "oe2403lts", "1.0-24.03", ""})
    EXPECT_EQ(openeuler(tag), std::string(tag) + " | none");
}

TEST(SplitTag, TakesABareVersionOnlyWhereTheFolderHasIt) {
  auto folder = *Version::parse("25.03");
  EXPECT_EQ(split_tag("1.0-25.03", folder).application, "1.0");
  EXPECT_EQ(split_tag("1.0-25.09", folder).application, "1.0-25.09");
}

}  // namespace
}  // namespace eulerpublisher
