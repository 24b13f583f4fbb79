#include "stream/compressor.h"

#include <gtest/gtest.h>
#include <libdeflate.h>
#include <zstd.h>

#include <random>

namespace eulerpublisher {
namespace {

// Compressible, but no two pieces alike.
std::string content(size_t size) {
  std::string text;
  text.reserve(size + 16);
  std::minstd_rand random(7);
  while (text.size() < size) text += "name=" + std::to_string(random() % 100000) + ";";
  text.resize(size);
  return text;
}

Result<std::string> compressed(const PieceCodec& codec, unsigned threads, const std::string& text,
                               size_t step = 70001) {
  Workers workers(threads);
  MemorySink sink(64 << 20);
  Compressing compressing(codec, workers, sink);
  for (size_t from = 0; from < text.size(); from += step)
    TRY(compressing.write(as_bytes(std::string_view(text).substr(from, step))));
  TRY(compressing.finish());
  return std::move(sink.text());
}

// All members, one after another, as gunzip does.
std::string gunzip(std::string_view packed, size_t most) {
  std::string text(most + 1, '\0');
  size_t size = 0;
  auto* decompressor = libdeflate_alloc_decompressor();
  while (!packed.empty()) {
    size_t in = 0, out = 0;
    auto code = libdeflate_gzip_decompress_ex(decompressor, packed.data(), packed.size(), text.data() + size,
                                              text.size() - size, &in, &out);
    EXPECT_EQ(code, LIBDEFLATE_SUCCESS);
    if (code != LIBDEFLATE_SUCCESS) break;
    packed.remove_prefix(in);
    size += out;
  }
  libdeflate_free_decompressor(decompressor);
  text.resize(size);
  return text;
}

TEST(Gzip, GivesTheSameBytesForAnyNumberOfThreads) {
  std::string text = content((3 << 20) + 12345);
  std::string one = *compressed(gzip_pieces(), 1, text);
  EXPECT_EQ(*compressed(gzip_pieces(), 2, text), one);
  EXPECT_EQ(*compressed(gzip_pieces(), 8, text, 1 << 20), one);
  EXPECT_LT(one.size(), text.size() / 2);
  EXPECT_TRUE(gunzip(one, text.size()) == text);
}

TEST(Gzip, OfNothingIsAValidMember) {
  std::string packed = *compressed(gzip_pieces(), 2, "");
  EXPECT_FALSE(packed.empty());
  EXPECT_EQ(gunzip(packed, 10), "");
}

TEST(Gzip, OfWholePiecesHasNoEmptyMemberBehindThem) {
  std::string text = content(2 << 20);
  std::string packed = *compressed(gzip_pieces(), 2, text);
  size_t members = 0;
  for (size_t at = packed.find(std::string_view("\x1f\x8b\x08\0\0\0\0\0", 8)); at != packed.npos;
       at = packed.find(std::string_view("\x1f\x8b\x08\0\0\0\0\0", 8), at + 1))
    ++members;
  EXPECT_EQ(members, 2u);
}

TEST(Zstd, GivesTheSameBytesForAnyNumberOfThreads) {
  std::string text = content((4 << 20) + 1);
  std::string one = *compressed(zstd_pieces(), 1, text);
  EXPECT_EQ(*compressed(zstd_pieces(), 8, text), one);
  std::string unpacked(text.size(), '\0');
  size_t size = ZSTD_decompress(unpacked.data(), unpacked.size(), one.data(), one.size());
  ASSERT_FALSE(ZSTD_isError(size));
  EXPECT_TRUE(unpacked == text);
}

TEST(Codecs, SayWhatTheirBytesDependOn) {
  EXPECT_EQ(gzip_pieces().text(), "gzip-5-or-stored-1MiB libdeflate-" LIBDEFLATE_VERSION_STRING);
  EXPECT_TRUE(zstd_pieces().text().ends_with(std::string("libzstd-") + ZSTD_versionString()));
}

// Takes so many writes, and then no more.
class FailingSink : public Sink {
 public:
  explicit FailingSink(int writes) : writes_(writes) {}
  Done write(Bytes) override {
    if (writes_-- > 0) return {};
    return unavailable("the disk is full");
  }
  Done finish() override { return {}; }

 private:
  int writes_;
};

TEST(Compressing, EndsWithTheErrorOfWhatFollowsIt) {
  Workers workers(2);
  FailingSink sink(2);
  Compressing compressing(gzip_pieces(), workers, sink);
  std::string text = content(1 << 20);
  Done done;
  for (int i = 0; i < 100 && done; ++i) done = compressing.write(as_bytes(text));
  if (done) done = compressing.finish();
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().text(), "the disk is full");
}

TEST(Compressing, CanBeGivenUpInTheMiddle) {
  Workers workers(2);
  MemorySink sink(64 << 20);
  std::string text = content(3 << 20);
  {
    Compressing compressing(gzip_pieces(), workers, sink);
    ASSERT_TRUE(compressing.write(as_bytes(text)));
  }
  EXPECT_FALSE(sink.finished());
}

TEST(Compressing, StopsWhenAskedTo) {
  Workers workers(1);
  MemorySink sink(64 << 20);
  std::stop_source stop;
  Compressing compressing(gzip_pieces(), workers, sink, stop.get_token());
  stop.request_stop();
  std::string text = content(1 << 20);
  Done done;
  for (int i = 0; i < 20 && done; ++i) done = compressing.write(as_bytes(text));
  if (done) done = compressing.finish();
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().kind(), ErrorKind::cancelled);
}

TEST(Workers, AreSharedByAllWhoAskForAsMany) {
  auto two = Workers::shared(2);
  EXPECT_EQ(two, Workers::shared(2));
  EXPECT_NE(two, Workers::shared(3));
  EXPECT_EQ(two->count(), 2u);
}

TEST(ChunkPool, GivesAChunkBackToWhoeverWaits) {
  auto pool = ChunkPool::make(4096, 1);
  auto first = *pool->take({});
  Result<std::shared_ptr<Chunk>> second = std::shared_ptr<Chunk>();
  std::thread waiting([&] { second = pool->take({}); });
  first->grow(10);
  first.reset();
  waiting.join();
  ASSERT_TRUE(second);
  EXPECT_EQ((*second)->size(), 0u);
  std::stop_source stop;
  stop.request_stop();
  EXPECT_EQ(pool->take(stop.get_token()).error().kind(), ErrorKind::cancelled);
}

}  // namespace
}  // namespace eulerpublisher
