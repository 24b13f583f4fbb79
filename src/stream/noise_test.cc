#include "stream/noise.h"

#include <gtest/gtest.h>
#include <lzma.h>

namespace eulerpublisher {
namespace {

std::string noise(size_t size) {
  std::string bytes(size, '\0');
  uint64_t state = 7;
  for (char& byte : bytes) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    byte = static_cast<char>(state >> 56);
  }
  return bytes;
}

std::string text(size_t size) {
  std::string bytes;
  for (unsigned number = 0; bytes.size() < size; ++number)
    bytes += fmt::format("{} openEuler {}\n", number, number * 2654435761u);
  bytes.resize(size);
  return bytes;
}

TEST(Noise, IsWhatHasNothingToBeCompressed) { EXPECT_TRUE(looks_like_noise(as_bytes(noise(1 << 20)))); }

TEST(Noise, IsWhatXzHasMade) {
  std::string plain = text(1 << 20), packed(plain.size(), '\0');
  size_t size = 0;
  ASSERT_EQ(
      lzma_easy_buffer_encode(0, LZMA_CHECK_CRC32, nullptr, reinterpret_cast<const uint8_t*>(plain.data()),
                              plain.size(), reinterpret_cast<uint8_t*>(packed.data()), &size, packed.size()),
      LZMA_OK);
  ASSERT_GT(size, 128u << 10);
  EXPECT_TRUE(looks_like_noise(as_bytes(packed).first(size)));
}

TEST(Noise, IsNeitherTextNorZerosNorWhatRepeats) {
  EXPECT_FALSE(looks_like_noise(as_bytes(text(1 << 20))));
  EXPECT_FALSE(looks_like_noise(as_bytes(std::string(1 << 20, '\0'))));
  std::string words = "the quick brown fox ", repeated;
  while (repeated.size() < (1 << 20)) repeated += words;
  EXPECT_FALSE(looks_like_noise(as_bytes(repeated)));
}

TEST(Noise, IsNotWhatHasSomeTextInIt) {
  std::string mixed = noise(1 << 20);
  std::string some = text(100 << 10);
  mixed.replace(300 << 10, some.size(), some);
  EXPECT_FALSE(looks_like_noise(as_bytes(mixed)));
}

TEST(Noise, IsNothingShort) {
  EXPECT_FALSE(looks_like_noise({}));
  EXPECT_FALSE(looks_like_noise(as_bytes(noise(60 << 10))));
}

}  // namespace
}  // namespace eulerpublisher
