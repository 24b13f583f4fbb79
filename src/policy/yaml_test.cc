#include "policy/yaml.h"

#include <gtest/gtest.h>

namespace eulerpublisher {
namespace {

std::string complaint(std::string_view text) {
  auto document = YamlDocument::parse(text, "f");
  if (document) return "it was accepted";
  EXPECT_EQ(document.error().kind(), ErrorKind::invalid);
  return document.error().text();
}

TEST(Yaml, KeepsScalarsAsTheyAreWritten) {
  auto document = YamlDocument::parse("24.10: [on, 1e3, ~, '~', !!str 007]\n", "f");
  ASSERT_TRUE(document.has_value()) << document.error().text();
  ASSERT_EQ(document->root().entries.size(), 1u);
  EXPECT_EQ(document->root().entries[0].key.text, "24.10");
  const auto& items = document->root().entries[0].value.items;
  ASSERT_EQ(items.size(), 5u);
  EXPECT_EQ(items[0].text, "on");
  EXPECT_EQ(items[1].text, "1e3");
  EXPECT_EQ(items[2].kind, YamlNode::Kind::nothing);
  EXPECT_EQ(items[3].text, "~");
  EXPECT_EQ(items[4].text, "007");
}

TEST(Yaml, KnowsWhereEachNodeStands) {
  auto document = YamlDocument::parse("a:\n  b: c\n", "f");
  ASSERT_TRUE(document.has_value());
  const auto& [key, value] = document->root().entries[0].value.entries[0];
  EXPECT_EQ(key.line, 2);
  EXPECT_EQ(key.column, 3);
  EXPECT_EQ(value.column, 6);
  EXPECT_EQ(document->wrong(value, "{} is wrong", value.text).text(), "f:2:6: c is wrong");
}

TEST(Yaml, RefusesAnchorsAndAliases) {
  EXPECT_EQ(complaint("a: &x [1]\nb: *x\n"),
            "f:1:4: anchors (&name) are not accepted here: write the value out");
}

TEST(Yaml, RefusesAnAliasBombAtItsFirstAnchor) {
  std::string bomb = "a: &a [x,x,x,x,x,x,x,x,x]\n";
  for (char c = 'b'; c < 'k'; ++c) {
    bomb += fmt::format("{}: &{} [", c, c);
    for (int i = 0; i < 9; ++i) bomb += fmt::format("*{},", static_cast<char>(c - 1));
    bomb += "]\n";
  }
  EXPECT_EQ(complaint(bomb), "f:1:4: anchors (&name) are not accepted here: write the value out");
}

TEST(Yaml, RefusesDeepNesting) {
  EXPECT_TRUE(complaint(std::string(100, '[')).ends_with(": this is nested deeper than 32 levels"));
  EXPECT_FALSE(YamlDocument::parse(std::string(1 << 16, '['), "f").has_value());
  EXPECT_FALSE(YamlDocument::parse(std::string(1 << 16, '{'), "f").has_value());
  std::string blocks;
  for (int i = 0; i < 100000; ++i) blocks += "- ";
  EXPECT_FALSE(YamlDocument::parse(blocks, "f").has_value());
}

TEST(Yaml, RefusesALargeFileAndOneOfTooManyValues) {
  EXPECT_EQ(complaint(std::string((1 << 20) + 1, ' ')),
            "f is larger than 1048576 bytes: is it the right file?");
  std::string many = "[";
  for (int i = 0; i < 150000; ++i) many += "a,";
  EXPECT_TRUE(complaint(many + "]").ends_with("there are more than 100000 values in this file"));
}

TEST(Yaml, RefusesASecondDocument) {
  EXPECT_EQ(complaint("a: b\n---\nc: d\n"), "f:3:1: a second document begins here; one is accepted");
}

TEST(Yaml, RefusesForeignTags) {
  EXPECT_EQ(complaint("a: !!python/object:os.system ls\n"),
            "f:1:4: the YAML tag tag:yaml.org,2002:python/object:os.system is not accepted here");
}

TEST(Yaml, RefusesKeysThatAreNoWords) {
  EXPECT_EQ(complaint("[a, b]: c\n"), "f:1:1: a key must be a plain word");
}

TEST(Yaml, SaysWhereTheSyntaxIsBroken) {
  EXPECT_EQ(complaint("a: [b\n").substr(0, 4), "f:2:");
  EXPECT_EQ(complaint("\ta: b\n").substr(0, 4), "f:1:");
}

TEST(Yaml, AnyBytesAreAnsweredWithAnError) {
  for (std::string_view bytes :
       {std::string_view("\0\0\0\0", 4), std::string_view("\xff\xfe\x00\xd8", 4),
        std::string_view("\xef\xbb\xbf"), std::string_view("%YAML 9.9\n---\n"),
        std::string_view("%TAG ! !\n"), std::string_view("? ? ?"), std::string_view("!<"),
        std::string_view("\"\\U00ffffff\""), std::string_view("'"), std::string_view("|9999999")})
    (void)YamlDocument::parse(bytes, "f").has_value();
}

TEST(Yaml, TextInMessagesIsShortAndOnOneLine) {
  EXPECT_EQ(for_message("a\nb\x1b[31m"), "a?b?[31m");
  std::string chinese;
  for (int i = 0; i < 30; ++i) chinese += "版";
  EXPECT_EQ(for_message(chinese), chinese.substr(0, 57) + "…");
}

}  // namespace
}  // namespace eulerpublisher
