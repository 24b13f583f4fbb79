#include "catalogue/path_parts.h"

#include <gtest/gtest.h>

namespace eulerpublisher::catalogue {
namespace {

std::string derived(std::string_view application, std::string_view openeuler) {
  auto parts = path_parts("AI/x", fmt::format("AI/x/{}/{}/Dockerfile", application, openeuler));
  return parts ? parts->tag() : "none";
}

TEST(PathParts, GiveTheTagThatAPathStandsFor) {
  EXPECT_EQ(derived("8.6.4", "22.03-lts-sp3"), "8.6.4-oe2203sp3");
  EXPECT_EQ(derived("1.0", "24.03-lts"), "1.0-oe2403lts");
  EXPECT_EQ(derived("1.0", "25.03"), "1.0-oe2503");
  EXPECT_EQ(derived("8.1.RC1", "24.03-lts"), "8.1.RC1-oe2403lts");
  EXPECT_EQ(derived("1.0+x y", "24.03-lts"), "1.0_x_y-oe2403lts");
  EXPECT_EQ(derived(".-1.0", "24.03-lts"), "1.0-oe2403lts");
}

TEST(PathParts, NeedTwoFoldersBelowTheImage) {
  EXPECT_FALSE(path_parts("Base/openeuler", "Base/openeuler/Dockerfile").has_value());
  EXPECT_FALSE(path_parts("Base/openeuler", "Base/openeuler/24.03-lts/Dockerfile").has_value());
  auto odd = path_parts("Bigdata/doris", "Bigdata/doris/2.1.9/24.03.-lts-sp1/Dockerfile");
  ASSERT_TRUE(odd.has_value());
  EXPECT_FALSE(odd->openeuler.has_value());
}

}  // namespace
}  // namespace eulerpublisher::catalogue
