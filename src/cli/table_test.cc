#include "cli/table.h"

#include <gtest/gtest.h>

#include "cli/human.h"
#include "cli/text_width.h"

namespace eulerpublisher::cli {
namespace {

TEST(TextWidth, CountsColumnsAndNotBytes) {
  EXPECT_EQ(text_width("24.03-lts"), 9u);
  EXPECT_EQ(text_width("已发布"), 6u);
  EXPECT_EQ(text_width("e\u0301"), 1u);
  EXPECT_EQ(text_width("…"), 1u);
  EXPECT_EQ(text_width("ＡＢ"), 4u);
  EXPECT_EQ(text_width("\xff\xfe"), 2u);
  EXPECT_EQ(text_width(""), 0u);
}

TEST(TextWidth, CutsBetweenCharacters) {
  EXPECT_EQ(cut("amd64 archive", 20), "amd64 archive");
  EXPECT_EQ(cut("amd64 archive", 6), "amd64…");
  EXPECT_EQ(cut("官方容器镜像", 7), "官方容…");
  EXPECT_EQ(cut("官方容器镜像", 6), "官方…");
  EXPECT_EQ(cut("官方", 1), "…");
  EXPECT_EQ(cut("官方", 0), "");
}

TEST(TextWidth, PadsToColumns) {
  EXPECT_EQ(padded("发布", 6), "发布  ");
  EXPECT_EQ(padded_left("发布", 6), "  发布");
  EXPECT_EQ(padded("published", 3), "published");
}

TEST(TextWidth, BreaksLinesAtBlanksAndChineseAnywhere) {
  using Lines = std::vector<std::string>;
  EXPECT_EQ(wrapped("the digest is another", 10), (Lines{"the digest", "is another"}));
  EXPECT_EQ(wrapped("sha256:0123456789", 8), (Lines{"sha256:0", "12345678", "9"}));
  EXPECT_EQ(wrapped("官方容器镜像", 5), (Lines{"官方", "容器", "镜像"}));
  EXPECT_EQ(wrapped("", 5), Lines{""});
  EXPECT_EQ(wrapped("a    b", 3), (Lines{"a", "b"}));
}

TEST(TextWidth, WhatAStrangerWroteCannotSteerTheTerminal) {
  EXPECT_EQ(printable("a\x1b[2Jb\r\n\x7f"), "a?[2Jb???");
  EXPECT_EQ(printable("\u009b2J\u202e"), "?2J?");
  EXPECT_EQ(printable("ok \xc0\xaf 版本"), "ok ?? 版本");
}

TEST(Table, LinesUpItsColumns) {
  Table table({{"version"}, {"size", Table::Align::right}, {"status"}});
  table.add_row({"24.03-lts-sp1", "43.7 MB", "published"});
  table.add_row({"23.09", "9 B", ""});
  EXPECT_EQ(table.text(),
            "version           size  status\n"
            "24.03-lts-sp1  43.7 MB  published\n"
            "23.09              9 B\n");
}

TEST(Table, LinesUpChineseText) {
  Table table({{"版本"}, {"状态"}});
  table.add_row({"24.03", "已发布"});
  table.add_row({"创新版本", "落后"});
  EXPECT_EQ(table.text(),
            "版本      状态\n"
            "24.03     已发布\n"
            "创新版本  落后\n");
}

TEST(Table, BreaksItsLastColumnInANarrowTerminal) {
  Table table({{"tag"}, {"why"}});
  table.add_row({"latest", "the policy recommends 24.03-LTS-SP1 as the newest"});
  EXPECT_EQ(table.text(34),
            "tag     why\n"
            "latest  the policy recommends\n"
            "        24.03-LTS-SP1 as the\n"
            "        newest\n");
}

TEST(Table, FillsUpShortRows) {
  Table table({{"a"}, {"b"}, {"c"}});
  table.add_row({"1"});
  EXPECT_EQ(table.text(), "a  b  c\n1\n");
}

TEST(Human, SizesAndTimesAreShort) {
  EXPECT_EQ(human_size(999), "999 B");
  EXPECT_EQ(human_size(43690908), "43.7 MB");
  EXPECT_EQ(human_size(999950), "1.0 MB");
  EXPECT_EQ(human_time(std::chrono::milliseconds(420)), "0.4 s");
  EXPECT_EQ(human_time(std::chrono::milliseconds(59990)), "1 min 00 s");
  EXPECT_EQ(human_time(std::chrono::seconds(125)), "2 min 05 s");
  EXPECT_EQ(human_time(std::chrono::seconds(3725)), "1 h 02 min");
  EXPECT_EQ(countdown(std::chrono::seconds(3)), "0:03");
  EXPECT_EQ(countdown(std::chrono::seconds(3725)), "1:02:05");
  EXPECT_EQ(countdown(std::chrono::hours(1000)), ">99 h");
}

}  // namespace
}  // namespace eulerpublisher::cli
