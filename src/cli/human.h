#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace eulerpublisher::cli {

// `43.7 MB` (of a thousand kB); bytes below a thousand as they are.
std::string human_size(uint64_t bytes);

// How long something took: `0.4 s`, `41.0 s`, `2 min 05 s`, `1 h 02 min`.
std::string human_time(std::chrono::milliseconds time);

// As a clock shows it, for figures that change: `0:03`, `12:05`, `1:02:03`; `>99 h` beyond that.
std::string countdown(std::chrono::seconds time);

}  // namespace eulerpublisher::cli
