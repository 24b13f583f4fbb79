#include "sync/liveness.h"

#include <gtest/gtest.h>

namespace eulerpublisher::sync {
namespace {

using std::chrono::seconds;

constexpr seconds pause(20);
constexpr int beats_of_ten_minutes = 30;

TEST(Liveness, EndsAfterTenMinutesOfARoundInWhichNothingMoved) {
  Liveness liveness;
  EXPECT_TRUE(liveness.beat(7, true, pause)) << "something has happened";
  for (int beat = 1; beat < beats_of_ten_minutes; ++beat) ASSERT_TRUE(liveness.beat(7, true, pause)) << beat;
  EXPECT_FALSE(liveness.beat(7, true, pause));
  EXPECT_FALSE(liveness.beat(7, true, pause)) << "and it stays so";
}

TEST(Liveness, GoesOnWhileAnythingMoves) {
  Liveness liveness;
  for (uint64_t beat = 0; beat < 1000; ++beat) ASSERT_TRUE(liveness.beat(beat / 25, true, pause)) << beat;
}

TEST(Liveness, ComesBackWithTheFirstByte) {
  Liveness liveness;
  for (int beat = 0; beat < 2 * beats_of_ten_minutes; ++beat) liveness.beat(7, true, pause);
  EXPECT_FALSE(liveness.beat(7, true, pause));
  EXPECT_TRUE(liveness.beat(8, true, pause));
}

TEST(Liveness, IsNotDoubtedWhileItWaitsForTheNextRound) {
  Liveness liveness;
  for (int beat = 0; beat < 10 * beats_of_ten_minutes; ++beat) ASSERT_TRUE(liveness.beat(7, false, pause));
  for (int beat = 1; beat < beats_of_ten_minutes; ++beat) ASSERT_TRUE(liveness.beat(7, true, pause));
  EXPECT_FALSE(liveness.beat(7, true, pause)) << "the ten minutes begin with the round";
}

}  // namespace
}  // namespace eulerpublisher::sync
