#include "stream/spool.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include <thread>

#include "stream/hashing.h"

namespace eulerpublisher {
namespace {

FileHandle memory_file() { return FileHandle(::memfd_create("spool", MFD_CLOEXEC)); }

Descriptor described(const std::string& content) {
  return {"text/plain", digest_of(content), content.size(), {}, {}};
}

TEST(Spool, GivesTheEndToReadersOnlyWhenSealed) {
  Spool spool(memory_file());
  ASSERT_TRUE(spool.write(as_bytes("one ")));
  auto source = *spool.open(0, {});
  std::string seen;
  std::thread reader([&] { seen = read_all(*source, 100).value(); });
  ASSERT_TRUE(spool.write(as_bytes("two")));
  ASSERT_TRUE(spool.finish());
  EXPECT_FALSE(spool.descriptor());
  spool.seal(described("one two"));
  reader.join();
  EXPECT_EQ(seen, "one two");
  EXPECT_EQ(spool.descriptor()->size, 7u);
}

TEST(Spool, IsReadByManyAtOnceFromWhereTheyLike) {
  Spool spool(memory_file());
  std::string content(3 << 20, 'x');
  std::vector<std::thread> readers;
  std::vector<size_t> counts(4);
  for (size_t i = 0; i < counts.size(); ++i)
    readers.emplace_back([&, i] {
      auto source = *spool.open(i * 1000, {});
      counts[i] = read_all(*source, content.size())->size();
    });
  for (size_t from = 0; from < content.size(); from += 100000)
    ASSERT_TRUE(spool.write(as_bytes(std::string_view(content).substr(from, 100000))));
  spool.seal(described(content));
  for (auto& reader : readers) reader.join();
  for (size_t i = 0; i < counts.size(); ++i) EXPECT_EQ(counts[i], content.size() - i * 1000);
}

TEST(Spool, ThatIsAbandonedTellsItsReadersWhyAtOnce) {
  Spool spool(memory_file());
  ASSERT_TRUE(spool.write(as_bytes("a part")));
  auto source = *spool.open(0, {});
  spool.abandon(corrupt("the checksum is wrong"));
  spool.seal(described("a part"));
  auto text = read_all(*source, 100);
  ASSERT_FALSE(text);
  EXPECT_EQ(text.error().text(), "the checksum is wrong");
  EXPECT_FALSE(spool.descriptor());
}

TEST(Spool, MayGoBeforeItsReaders) {
  auto spool = std::make_unique<Spool>(memory_file());
  ASSERT_TRUE(spool->write(as_bytes("whole")));
  auto early = *spool->open(0, {});
  spool->seal(described("whole"));
  spool.reset();
  EXPECT_EQ(read_all(*early, 100), "whole");

  spool = std::make_unique<Spool>(memory_file());
  auto unsealed = *spool->open(0, {});
  spool.reset();
  EXPECT_FALSE(read_all(*unsealed, 100));
}

TEST(Spool, EndsAWaitWhenAskedToStop) {
  Spool spool(memory_file());
  std::stop_source stop;
  auto source = *spool.open(0, stop.get_token());
  Result<std::string> text = std::string();
  std::thread reader([&] { text = read_all(*source, 100); });
  stop.request_stop();
  reader.join();
  ASSERT_FALSE(text);
  EXPECT_EQ(text.error().kind(), ErrorKind::cancelled);
}

TEST(Spool, GoesOnBehindWhatAnEarlierRunHasWritten) {
  FileHandle file = memory_file();
  ASSERT_EQ(::pwrite(file.get(), "old ", 4, 0), 4);
  Spool spool(std::move(file), 4);
  ASSERT_TRUE(spool.write(as_bytes("new")));
  spool.seal(described("old new"));
  EXPECT_EQ(read_all(**spool.open(0, {}), 100), "old new");
}

TEST(Spool, IsReadAsItWasWrittenWhileTheDiskIsAtIt) {
  char name[] = "/tmp/ep-spool-XXXXXX";
  FileHandle file(::mkostemp(name, O_CLOEXEC));
  ::unlink(name);
  Spool spool(std::move(file));
  std::string text;
  for (int piece = 0; piece < 9; ++piece) {
    std::string more(3 << 20, static_cast<char>('a' + piece));
    ASSERT_TRUE(spool.write(as_bytes(more)));
    text += more;
  }
  spool.seal(described("of all"));
  auto read = read_all(**spool.open(0, {}), 100 << 20);
  ASSERT_TRUE(read);
  EXPECT_TRUE(*read == text);
}

TEST(Spool, SaysThatTheDiskIsFull) {
  Spool spool(FileHandle(::open("/dev/full", O_RDWR)));
  Done done = spool.write(as_bytes("x"));
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().kind(), ErrorKind::unavailable);
  EXPECT_EQ(done.error().text(), "writing to the store: no space left on device");
}

}  // namespace
}  // namespace eulerpublisher
