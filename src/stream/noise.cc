#include "stream/noise.h"

#include <array>

namespace eulerpublisher {
namespace {

constexpr size_t samples = 64;
constexpr size_t sample = 1 << 10;  // bytes
// An archive within the layer has headers and names here and there, which are not worth the rest.
constexpr size_t most_others = 2;

// How far the numbers of the 256 byte values are from being alike: Pearson's chi-square, which for noise is
// 255 with a standard deviation of 22.6.  Text and programs have thousands.
bool is_even(Bytes bytes) {
  constexpr uint64_t expected = sample / 256;
  constexpr uint64_t most = 255 + 6 * 23;
  std::array<uint16_t, 256> counts{};
  for (std::byte byte : bytes) ++counts[std::to_integer<uint8_t>(byte)];
  uint64_t squares = 0;
  for (uint64_t count : counts) squares += count * count;
  // The sum of (count - expected)² / expected, as whole numbers.
  return squares <= expected * (most + sample);
}

}  // namespace

bool looks_like_noise(Bytes bytes) {
  size_t step = bytes.size() / samples;
  if (step < sample) return false;
  size_t others = 0;
  for (size_t i = 0; i < samples; ++i) {
    if (!is_even(bytes.subspan(i * step, sample))) ++others;
    if (others > most_others) return false;
  }
  return true;
}

}  // namespace eulerpublisher
