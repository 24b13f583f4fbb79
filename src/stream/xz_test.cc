#include "stream/xz.h"

#include <gtest/gtest.h>

namespace eulerpublisher {
namespace {

std::string content(size_t size) {
  std::string text;
  for (size_t i = 0; text.size() < size; ++i) text += std::to_string(i * 7919) + "\n";
  text.resize(size);
  return text;
}

std::string pack(const std::string& text, uint64_t block = 0) {
  lzma_mt options{};
  options.threads = 1;
  options.block_size = block;
  options.preset = 0;
  options.check = LZMA_CHECK_CRC64;
  lzma_stream stream = LZMA_STREAM_INIT;
  EXPECT_EQ(lzma_stream_encoder_mt(&stream, &options), LZMA_OK);
  std::string packed(text.size() + (1 << 16), '\0');
  stream.next_in = reinterpret_cast<const uint8_t*>(text.data());
  stream.avail_in = text.size();
  stream.next_out = reinterpret_cast<uint8_t*>(packed.data());
  stream.avail_out = packed.size();
  EXPECT_EQ(lzma_code(&stream, LZMA_FINISH), LZMA_STREAM_END);
  packed.resize(stream.total_out);
  lzma_end(&stream);
  return packed;
}

Result<std::string> unpack(const std::string& packed, XzLimits limits = {}) {
  MemoryBlob blob("application/x-xz", packed);
  auto inner = TRY(blob.open(0, {}));
  XzSource source(*inner, limits);
  return read_all(source, 64 << 20);
}

void expect_corrupt(const std::string& packed, const std::string& text) {
  auto unpacked = unpack(packed);
  ASSERT_FALSE(unpacked);
  EXPECT_EQ(unpacked.error().kind(), ErrorKind::corrupt);
  EXPECT_EQ(unpacked.error().text().substr(0, text.size()), text);
}

TEST(Xz, IsUnpackedBlockByBlockOrSideBySide) {
  std::string text = content(300000);
  EXPECT_EQ(unpack(pack(text)), text);
  EXPECT_EQ(unpack(pack(text, 100000)), text);
  XzLimits many;
  many.threads = 4;
  EXPECT_EQ(unpack(pack(text, 100000), many), text);
  EXPECT_EQ(unpack(pack(text), many), text);
}

TEST(Xz, OfSeveralStreamsIsOne) { EXPECT_EQ(unpack(pack("one ") + pack("two")), "one two"); }

TEST(Xz, ThatEndsTooEarlyIsCorrupt) {
  std::string packed = pack(content(200000));
  for (size_t tenths = 1; tenths < 10; ++tenths)
    expect_corrupt(packed.substr(0, packed.size() * tenths / 10), "its xz data ends too early, after ");
  expect_corrupt(packed.substr(0, packed.size() - 1), "its xz data ends too early, after ");
}

TEST(Xz, ThatIsDamagedIsCorrupt) {
  std::string packed = pack(content(200000));
  packed[packed.size() / 2] ^= 1;
  expect_corrupt(packed, "its xz data is damaged near byte ");
}

TEST(Xz, WithSomethingElseBehindItIsCorrupt) {
  expect_corrupt(pack("text") + "something else altogether", "its xz data is damaged near byte ");
}

TEST(Xz, ThatIsNoneIsCorrupt) {
  expect_corrupt("<html><body>not found</body></html>", "it is not an xz archive");
  expect_corrupt("", "it is empty, not an xz archive");
}

TEST(Xz, ThatNeedsMuchMemoryIsRefused) {
  XzLimits little;
  little.memory = 100 << 10;
  auto unpacked = unpack(pack(content(1000)), little);
  ASSERT_FALSE(unpacked);
  EXPECT_EQ(unpacked.error().kind(), ErrorKind::corrupt);
  EXPECT_NE(unpacked.error().text().find("of memory to unpack"), std::string::npos);
}

}  // namespace
}  // namespace eulerpublisher
