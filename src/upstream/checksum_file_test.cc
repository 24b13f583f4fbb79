#include "upstream/checksum_file.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace eulerpublisher {
namespace {

const std::string a(64, 'a'), b(64, 'b');
constexpr const char* name = "openEuler-docker.x86_64.tar.xz";

std::string read(const std::string& text) {
  auto digest = parse_checksum(text, name);
  return digest ? std::string(digest->hex()) : std::string(name_of(digest.error().kind()));
}

TEST(ParseChecksum, ReadsWhatSha256sumPrints) {
  EXPECT_EQ(read(a + "  " + name + "\n"), a);
  EXPECT_EQ(read(a + " *" + name + "\n"), a);
  EXPECT_EQ(read(a + "  " + name), a);
}

TEST(ParseChecksum, ReadsWhatPeopleAndWindowsMakeOfIt) {
  EXPECT_EQ(read("\xEF\xBB\xBF" + a + "  " + name + "\r\n"), a);
  EXPECT_EQ(read(std::string(64, 'A') + "  ./" + name + "  \r\n\r\n"), a);
  EXPECT_EQ(read(a + "\t/build/out/" + name + "\n"), a);
}

TEST(ParseChecksum, FindsItsLineAmongOthers) {
  EXPECT_EQ(read(b + "  other.tar.xz\n\n" + a + "  " + name + "\n"), a);
  EXPECT_EQ(read("\\" + b + "  odd\\nname\n" + a + "  " + name + "\n"), a);
  EXPECT_EQ(read(a + "  " + name + "\n" + a + " *" + name + "\n"), a);
}

TEST(ParseChecksum, TrustsNoFileThatIsAboutSomethingElseOrSaysTwoThings) {
  EXPECT_EQ(read(a + "  other.tar.xz\n"), "corrupt");
  EXPECT_EQ(read(a + "  " + name + "\n" + b + "  " + name + "\n"), "corrupt");
  EXPECT_EQ(read(a + "  " + name + ".sha256sum\n"), "corrupt");
  EXPECT_EQ(parse_checksum(a + "  other\n", name).error().text(),
            std::string("it has no checksum for ") + name);
}

TEST(ParseChecksum, SaysThatAPageIsNoChecksumFile) {
  std::vector<std::string> pages = {"<!DOCTYPE html>\n<html><body>Not found</body></html>\n",
                                    "{\"error\":404}", "not found", std::string("\0\1\2", 3)};
  for (const std::string& text : pages) {
    auto digest = parse_checksum(text, name);
    ASSERT_FALSE(digest.has_value()) << text;
    EXPECT_EQ(digest.error().kind(), ErrorKind::corrupt);
    EXPECT_EQ(digest.error().text(), "it is not a checksum file");
  }
}

TEST(ParseChecksum, UnderstandsAnyBytesWithoutHarm) {
  EXPECT_EQ(read(""), "corrupt");
  EXPECT_EQ(read("\n\r\n \t\n"), "corrupt");
  EXPECT_EQ(read(a), "corrupt");
  EXPECT_EQ(read(a + "  "), "corrupt");
  EXPECT_EQ(read(a.substr(1) + "  " + name), "corrupt");
  EXPECT_EQ(read(a + "a  " + name), "corrupt");
  EXPECT_EQ(read(std::string(63, 'a') + "g  " + name), "corrupt");
  EXPECT_EQ(read(std::string("\0", 1) + a + "  " + name), "corrupt");
  EXPECT_EQ(read(std::string(60000, '\\')), "corrupt");
}

}  // namespace
}  // namespace eulerpublisher
