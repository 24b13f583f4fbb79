#include "base/clock.h"

#include <condition_variable>
#include <cstdio>
#include <ctime>
#include <mutex>
#include <random>

namespace eulerpublisher {
namespace {

class SystemClock : public Clock {
 public:
  Instant now() override { return std::chrono::system_clock::now(); }
  Done sleep(std::chrono::milliseconds time, std::stop_token stop) override {
    std::mutex mutex;
    std::condition_variable_any never;
    std::unique_lock lock(mutex);
    never.wait_for(lock, stop, time, [] { return false; });
    if (stop.stop_requested()) return cancelled("stopped while waiting");
    return {};
  }
};

class SystemRandom : public Random {
 public:
  double unit() override {
    std::lock_guard lock(mutex_);
    return std::uniform_real_distribution<double>(0, 1)(engine_);
  }

 private:
  std::mutex mutex_;
  std::mt19937_64 engine_{std::random_device{}()};
};

}  // namespace

Clock& system_clock() {
  static SystemClock clock;
  return clock;
}

Random& system_random() {
  static SystemRandom random;
  return random;
}

std::string rfc3339(Instant time) {
  std::time_t seconds = std::chrono::system_clock::to_time_t(std::chrono::floor<std::chrono::seconds>(time));
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z", parts.tm_year + 1900, parts.tm_mon + 1,
                     parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec);
}

Result<Instant> parse_rfc3339(std::string_view text) {
  std::string copy(text);
  int year, month, day, hour, minute, second, read = 0;
  if (std::sscanf(copy.c_str(), "%4d-%2d-%2dT%2d:%2d:%2d%n", &year, &month, &day, &hour, &minute, &second,
                  &read) != 6)
    return invalid("'{}' is not a time of the form 2024-06-01T10:00:00Z", text);
  std::string_view rest = text.substr(static_cast<size_t>(read));
  if (!rest.empty() && rest[0] == '.') {
    size_t end = rest.find_first_not_of("0123456789", 1);
    rest = end == rest.npos ? std::string_view{} : rest.substr(end);
  }
  int offset_hour = 0, offset_minute = 0;
  bool zoned = rest == "Z" || rest == "z";
  if (!zoned) {
    std::string zone(rest);
    char sign = 0;
    zoned = zone.size() == 6 &&
            std::sscanf(zone.c_str(), "%c%2d:%2d", &sign, &offset_hour, &offset_minute) == 3 &&
            (sign == '+' || sign == '-');
    if (sign == '-') offset_hour = -offset_hour, offset_minute = -offset_minute;
  }
  if (!zoned || year < 0 || month < 1 || month > 12 || day < 1 || day > 31 || hour > 23 || minute > 59 ||
      second > 60)
    return invalid("'{}' is not a time of the form 2024-06-01T10:00:00Z", text);
  std::tm parts{};
  parts.tm_year = year - 1900;
  parts.tm_mon = month - 1;
  parts.tm_mday = day;
  parts.tm_hour = hour;
  parts.tm_min = minute;
  parts.tm_sec = second;
  int64_t seconds = int64_t{timegm(&parts)} - (offset_hour * 60 + offset_minute) * 60;
  constexpr int64_t farthest = std::chrono::floor<std::chrono::seconds>(Instant::duration::max()).count();
  return Instant(std::chrono::seconds(std::clamp(seconds, -farthest, farthest)));
}

}  // namespace eulerpublisher
