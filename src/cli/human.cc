#include "cli/human.h"

#include <fmt/format.h>

#include <array>

namespace eulerpublisher::cli {

std::string human_size(uint64_t bytes) {
  constexpr std::array units{"B", "kB", "MB", "GB", "TB"};
  double size = static_cast<double>(bytes);
  size_t unit = 0;
  while (size >= 999.95 && unit + 1 < units.size()) size /= 1000, ++unit;
  return unit == 0 ? fmt::format("{} B", bytes) : fmt::format("{:.1f} {}", size, units[unit]);
}

std::string human_time(std::chrono::milliseconds time) {
  if (time < std::chrono::milliseconds(59950))
    return fmt::format("{:.1f} s", static_cast<double>(time.count()) / 1000);
  int64_t seconds = std::chrono::round<std::chrono::seconds>(time).count();
  if (seconds < 3600) return fmt::format("{} min {:02} s", seconds / 60, seconds % 60);
  return fmt::format("{} h {:02} min", seconds / 3600, seconds % 3600 / 60);
}

std::string countdown(std::chrono::seconds time) {
  int64_t seconds = time.count();
  if (seconds >= 100 * 3600) return ">99 h";
  if (seconds >= 3600)
    return fmt::format("{}:{:02}:{:02}", seconds / 3600, seconds % 3600 / 60, seconds % 60);
  return fmt::format("{}:{:02}", seconds / 60, seconds % 60);
}

}  // namespace eulerpublisher::cli
