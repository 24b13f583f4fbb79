#include <gtest/gtest.h>

#include <atomic>

#include "base/clock.h"
#include "base/duration.h"
#include "base/task_group.h"

namespace eulerpublisher {
namespace {

Result<int> half(int number) {
  if (number % 2 != 0) return invalid("{} is odd", number);
  return number / 2;
}

Result<int> quarter(int number) {
  int halved = TRY(half(number).within("halving {}", number));
  return TRY(half(halved).within("halving {} again", halved));
}

TEST(Result, CarriesTheValueUp) { EXPECT_EQ(*quarter(8), 2); }

TEST(Result, TellsTheErrorFromTheOutsideIn) {
  auto failed = quarter(6).within("quartering");
  ASSERT_FALSE(failed.has_value());
  EXPECT_EQ(failed.error().text(), "quartering: halving 3 again: 3 is odd");
  EXPECT_EQ(failed.error().kind(), ErrorKind::invalid);
}

TEST(TaskGroup, TheFirstFailureStopsItsSiblings) {
  TaskGroup group;
  group.add([](std::stop_token stop) { return system_clock().sleep(std::chrono::minutes(1), stop); });
  group.add([](std::stop_token) -> Done { return unavailable("down"); });
  Done done = group.wait();
  ASSERT_FALSE(done.has_value());
  EXPECT_EQ(done.error().text(), "down");
}

TEST(TaskGroup, WaitsForTasksThatTasksAdd) {
  std::atomic<int> ran = 0;
  TaskGroup group;
  group.add([&](std::stop_token) -> Done {
    group.add([&](std::stop_token) -> Done {
      ++ran;
      return {};
    });
    return {};
  });
  EXPECT_TRUE(group.wait().has_value());
  EXPECT_EQ(ran, 1);
}

TEST(TaskGroup, StopsWhenItsOwnerIsStopped) {
  std::stop_source owner;
  TaskGroup group(owner.get_token());
  group.add([](std::stop_token stop) { return system_clock().sleep(std::chrono::minutes(1), stop); });
  owner.request_stop();
  EXPECT_EQ(group.wait().error().kind(), ErrorKind::cancelled);
}

TEST(Duration, IsAWholeNumberAndAUnit) {
  EXPECT_EQ(*parse_duration("90s"), std::chrono::seconds(90));
  EXPECT_EQ(*parse_duration("15m"), std::chrono::minutes(15));
  EXPECT_EQ(*parse_duration("6h"), std::chrono::hours(6));
  EXPECT_EQ(*parse_duration("2d"), std::chrono::hours(48));
  for (const char* text :
       {"", "m", "15", "0m", "-1m", "1.5h", "15 m", "15min", "99999999999999999999s", "400d"})
    EXPECT_FALSE(parse_duration(text)) << text;
  EXPECT_EQ(*parse_duration("50ms"), std::chrono::milliseconds(50));
  EXPECT_EQ(text_of(std::chrono::minutes(90)), "90m");
  EXPECT_EQ(text_of(std::chrono::hours(48)), "2d");
}

TEST(Rfc3339, ReadsZonesAndFractions) {
  for (auto text : {"2024-06-01T10:00:00Z", "2024-06-01T18:00:00+08:00", "2024-06-01T10:00:00.123456789Z"})
    EXPECT_EQ(rfc3339(*parse_rfc3339(text)), "2024-06-01T10:00:00Z") << text;
  for (auto text : {"", "2024-06-01", "2024-06-01T10:00:00", "2024-13-01T10:00:00Z", "yesterday"})
    EXPECT_FALSE(parse_rfc3339(text).has_value()) << text;
}

TEST(Rfc3339, TakesTheFirstOrLastSecondThereIsForYearsThatCannotBeTold) {
  EXPECT_EQ(rfc3339(*parse_rfc3339("9999-12-31T23:59:59-23:59")), "2262-04-11T23:47:16Z");
  EXPECT_EQ(rfc3339(*parse_rfc3339("0000-01-01T00:00:00+23:59")), "1677-09-21T00:12:44Z");
  EXPECT_FALSE(parse_rfc3339("-001-01-01T00:00:00Z").has_value());
}

}  // namespace
}  // namespace eulerpublisher
