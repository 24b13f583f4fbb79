#include <gtest/gtest.h>

#include "stream/tar_reader.h"
#include "stream/tar_writer.h"

namespace eulerpublisher {
namespace {

// Hands out the tar in pieces of that many bytes.
TarReader::Supply supply(std::string_view tar, size_t piece) {
  return [tar, piece, buffer = std::string()]() mutable -> Result<Bytes> {
    buffer = tar.substr(0, piece);
    tar.remove_prefix(std::min(piece, tar.size()));
    return as_bytes(buffer);
  };
}

std::string content_of(TarReader& reader) {
  std::string text;
  while (true) {
    Bytes bytes = reader.content().value();
    if (bytes.empty()) return text;
    text.append(as_text(bytes));
  }
}

TarEntry file(std::string name) {
  TarEntry entry;
  entry.name = std::move(name);
  entry.mode = 0640;
  entry.uid = 3;
  entry.gid = 7;
  entry.user = "adm";
  entry.seconds = 1717236000;
  return entry;
}

TEST(Tar, SaysTheSameWhenReadBack) {
  TarEntry folder = file("etc/");
  folder.type = TarEntry::Type::folder;
  TarEntry link = file("etc/localtime");
  link.type = TarEntry::Type::symbolic_link;
  link.link = "/usr/share/zoneinfo/UTC";
  TarEntry far = file(std::string(150, 'd') + "/文件");
  far.xattrs = {{"security.capability", std::string("\1\0\0\2", 4)}, {"user.x", "y"}};
  far.uid = 5000000;
  far.nanoseconds = 500000000;
  TarWriter writer;
  writer.add(folder);
  writer.add(link);
  writer.add(far, "content");
  std::string tar = std::move(writer).finish();
  EXPECT_EQ(tar.size() % 10240, 0u);

  TarReader reader(supply(tar, 1000));
  auto first = reader.next().value();
  EXPECT_EQ(first->name, "etc/");
  EXPECT_EQ(first->type, TarEntry::Type::folder);
  EXPECT_EQ(first->mode, 0640u);
  EXPECT_EQ(first->user, "adm");
  EXPECT_EQ(first->seconds, 1717236000);
  auto second = reader.next().value();
  EXPECT_EQ(second->type, TarEntry::Type::symbolic_link);
  EXPECT_EQ(second->link, "/usr/share/zoneinfo/UTC");
  auto third = reader.next().value();
  EXPECT_EQ(third->name, far.name);
  EXPECT_EQ(third->xattrs, far.xattrs);
  EXPECT_EQ(third->uid, 5000000u);
  EXPECT_EQ(third->gid, 7u);
  EXPECT_EQ(third->nanoseconds, 500000000u);
  EXPECT_EQ(content_of(reader), "content");
  EXPECT_FALSE(reader.next().value());
}

TEST(Tar, ThatIsNoneIsCorrupt) {
  std::string text(4096, 'x');
  TarReader reader(supply(text, 4096));
  auto entry = reader.next();
  ASSERT_FALSE(entry);
  EXPECT_EQ(entry.error().kind(), ErrorKind::corrupt);
  EXPECT_EQ(entry.error().text(), "it is not a tar");
}

TEST(Tar, ThatIsCutInAFileIsCorrupt) {
  TarWriter writer;
  writer.add(file("a"), std::string(5000, 'a'));
  std::string tar = std::move(writer).finish();
  TarReader reader(supply(std::string_view(tar).substr(0, 2000), 512));
  ASSERT_TRUE(reader.next());
  auto next = reader.next();
  ASSERT_FALSE(next);
  EXPECT_EQ(next.error().kind(), ErrorKind::corrupt);
}

TEST(Tar, PassesOnWhatItsSourceSays) {
  TarReader reader([]() -> Result<Bytes> { return unavailable("the line was cut"); });
  auto entry = reader.next();
  ASSERT_FALSE(entry);
  EXPECT_EQ(entry.error().text(), "the line was cut");
}

}  // namespace
}  // namespace eulerpublisher
