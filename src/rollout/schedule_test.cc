#include "rollout/schedule.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace eulerpublisher::rollout {
namespace {

using testing::ElementsAre;

std::vector<size_t> order_of(Schedule& schedule, const std::set<size_t>& failing = {}, size_t threads = 1) {
  Guarded<std::vector<size_t>> done;
  schedule.run(threads,
               [&](size_t piece) {
                 done.lock()->push_back(piece);
                 return !failing.contains(piece);
               },
               {});
  return *done.lock();
}

TEST(ScheduleOf, DoesBasesBeforeWhatIsBuiltOnThem) {
  Schedule schedule({{2}, {}, {}, {0, 1}});
  EXPECT_THAT(order_of(schedule), ElementsAre(1, 2, 0, 3));
}

TEST(ScheduleOf, LeavesWhatNeedsSomethingThatFailedAndNothingElse) {
  Schedule schedule({{}, {0}, {1}, {}, {3}, {3, 2}});
  EXPECT_THAT(order_of(schedule, {0}), ElementsAre(0, 3, 4));
  EXPECT_EQ(schedule.left_for(1), 0u);
  EXPECT_EQ(schedule.left_for(2), 1u);
  EXPECT_EQ(schedule.left_for(5), 2u);
  EXPECT_EQ(schedule.left_for(4), std::nullopt);
  EXPECT_FALSE(schedule.begun(2));
  EXPECT_TRUE(schedule.begun(4));
}

TEST(ScheduleOf, DoesSideBySideWhatNeedsNothingOfEachOther) {
  Schedule schedule({{}, {}, {0, 1}});
  Guarded<int> together;
  int most = 0;
  schedule.run(3,
               [&](size_t piece) {
                 if (piece == 2) return true;
                 auto now = together.lock();
                 most = std::max(most, ++*now);
                 now.notify();
                 return now.wait({}, [](int count) { return count == 2; });
               },
               {});
  EXPECT_EQ(most, 2);
}

TEST(ScheduleOf, BeginsNothingMoreWhenItIsStopped) {
  Schedule schedule({{}, {}, {0}});
  std::stop_source stop;
  schedule.run(
      1,
      [&](size_t) {
        stop.request_stop();
        return true;
      },
      stop.get_token());
  EXPECT_TRUE(schedule.begun(0));
  EXPECT_FALSE(schedule.begun(1));
  EXPECT_FALSE(schedule.begun(2));
  EXPECT_EQ(schedule.left_for(2), std::nullopt);
}

}  // namespace
}  // namespace eulerpublisher::rollout
