#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

// One parser of foreign bytes.  libFuzzer calls it with bytes of its own; replay.cc with those of a corpus, in every
// test run, so that no target rots.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

inline std::string_view text_of(const uint8_t* data, size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}
