#include "inspect/os_release.h"

#include <gtest/gtest.h>

namespace eulerpublisher {
namespace {

TEST(OsReleaseValue, ReadsQuotedAndPlainValues) {
  EXPECT_EQ(os_release_value("NAME=x\nVERSION=\"24.03 (LTS-SP1)\"\nVERSION_ID=1", "VERSION"),
            "24.03 (LTS-SP1)");
  EXPECT_EQ(os_release_value("VERSION=23.09", "VERSION"), "23.09");
  EXPECT_EQ(os_release_value("VERSION='22.03 (LTS)'\r\n", "VERSION"), "22.03 (LTS)");
  EXPECT_FALSE(os_release_value("VERSION_ID=\"24.03\"\n", "VERSION"));
}

TEST(PlainVersion, IsTheSameForBothSpellings) {
  EXPECT_EQ(plain_version("24.03 (LTS-SP1)"), "24.03-LTS-SP1");
  EXPECT_EQ(plain_version("24.03-lts-sp1"), "24.03-LTS-SP1");
  EXPECT_EQ(plain_version("23.09"), "23.09");
  EXPECT_NE(plain_version("22.03 (LTS)"), plain_version("22.03 (LTS-SP1)"));
}

}  // namespace
}  // namespace eulerpublisher
