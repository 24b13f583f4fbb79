#include "stream/stream.h"

#include <gtest/gtest.h>

#include "stream/hashing.h"

namespace eulerpublisher {
namespace {

// sha256 of "abc" (FIPS 180-2, appendix B.1).
constexpr std::string_view abc = "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

TEST(Hashing, TellsDigestAndSizeOfWhatItPassesOn) {
  MemorySink memory(100);
  Hashing hashing(memory);
  ASSERT_TRUE(hashing.write(as_bytes("a")));
  ASSERT_TRUE(hashing.write(as_bytes("bc")));
  ASSERT_TRUE(hashing.finish());
  EXPECT_EQ(hashing.digest().text(), abc);
  EXPECT_EQ(hashing.size(), 3u);
  EXPECT_EQ(memory.text(), "abc");
  EXPECT_TRUE(memory.finished());
}

TEST(Verifying, PassesTheEndOnOnlyWhenTheContentIsTheExpectedOne) {
  MemorySink right(100);
  Verifying verifying(*Digest::parse(abc), 3, right);
  ASSERT_TRUE(verifying.write(as_bytes("abc")));
  ASSERT_TRUE(verifying.finish());
  EXPECT_TRUE(right.finished());

  MemorySink wrong(100);
  Verifying other(*Digest::parse(abc), std::nullopt, wrong);
  ASSERT_TRUE(other.write(as_bytes("abd")));
  Done done = other.finish();
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().kind(), ErrorKind::corrupt);
  EXPECT_FALSE(wrong.finished());
}

TEST(Verifying, RefusesMoreBytesThanExpectedAsTheyCome) {
  MemorySink memory(100);
  Verifying verifying(*Digest::parse(abc), 3, memory);
  EXPECT_FALSE(verifying.write(as_bytes("abcd")));
}

TEST(MemoryBlob, IsReadFromAnyOffset) {
  MemoryBlob blob("text/plain", "0123456789");
  EXPECT_EQ(read_all(**blob.open(7, {}), 10), "789");
  EXPECT_EQ(read_all(**blob.open(99, {}), 10), "");
  EXPECT_EQ(blob.descriptor()->digest, digest_of("0123456789"));
}

TEST(FileBlob, SaysWhichFileIsNotThere) {
  FileBlob blob("/nowhere/layer", {"", digest_of(""), 0, {}, {}});
  auto source = blob.open(0, {});
  ASSERT_FALSE(source);
  EXPECT_EQ(source.error().kind(), ErrorKind::not_found);
  EXPECT_EQ(source.error().text(), "reading /nowhere/layer: no such file or directory");
}

TEST(ReadAll, RefusesMoreThanItsLimit) {
  MemoryBlob blob("text/plain", "0123456789");
  EXPECT_TRUE(read_all(**blob.open(0, {}), 10));
  auto text = read_all(**blob.open(0, {}), 9);
  ASSERT_FALSE(text);
  EXPECT_EQ(text.error().kind(), ErrorKind::corrupt);
}

TEST(Pump, StopsWhenAskedTo) {
  MemoryBlob blob("text/plain", "x");
  MemorySink sink(10);
  std::stop_source stop;
  stop.request_stop();
  auto moved = pump(**blob.open(0, {}), sink, stop.get_token());
  ASSERT_FALSE(moved);
  EXPECT_EQ(moved.error().kind(), ErrorKind::cancelled);
  EXPECT_FALSE(sink.finished());
}

}  // namespace
}  // namespace eulerpublisher
