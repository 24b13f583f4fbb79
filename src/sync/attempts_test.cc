#include "sync/attempts.h"

#include <gtest/gtest.h>

#include "image/convert.h"

namespace eulerpublisher::sync {
namespace {

using namespace std::chrono_literals;

struct AttemptsTest : testing::Test {
  SyncRules rules;
  Instant now = std::chrono::system_clock::from_time_t(1'717'236'000);
  std::optional<Attempt> last;

  void fail(const Error& error, const std::string& what = "A", const std::string& state = "") {
    last = after_failure(last ? &*last : nullptr, what, state, error, now, rules);
  }
  May may(const std::string& what = "A", const std::string& state = "") {
    return may_try(last ? &*last : nullptr, what, state, now);
  }
};

TEST_F(AttemptsTest, WhatHasNotFailedMayBeTried) { EXPECT_EQ(may(), May::now); }

TEST_F(AttemptsTest, EachFailureDoublesTheWaitUpToTheLongest) {
  rules.longest_wait = 30min;
  for (auto wait : {5min, 10min, 20min, 30min, 30min}) {
    fail(unavailable("503"));
    EXPECT_EQ(last->next - now, wait);
    EXPECT_EQ(may(), May::later);
    now = last->next;
    EXPECT_EQ(may(), May::now);
  }
}

TEST_F(AttemptsTest, OtherArchivesAreANewBeginning) {
  fail(unavailable("503"));
  EXPECT_EQ(may("B"), May::now);
  fail(unavailable("503"), "B");
  EXPECT_EQ(last->failures, 1);
}

TEST_F(AttemptsTest, GivesUpWhatIsRefusedAgainAndAgain) {
  for (int i = 0; i < rules.tries; ++i) fail(denied("403"));
  EXPECT_EQ(may(), May::given_up);
  now += 24h * 30;
  EXPECT_EQ(may(), May::given_up);
  EXPECT_EQ(may("B"), May::now);
}

TEST_F(AttemptsTest, NeverGivesUpWhatIsOnlyUnavailable) {
  for (int i = 0; i < 100; ++i) fail(unavailable("503"));
  EXPECT_EQ(may(), May::later);
  now = last->next;
  EXPECT_EQ(may(), May::now);
}

TEST_F(AttemptsTest, BytesThatDoNotFitAreTriedAgainAsSoonAsTheFileChanges) {
  fail(checksum_mismatch(digest_of("a"), digest_of("b")), "A", "1000 bytes");
  EXPECT_EQ(may("A", "1000 bytes"), May::later) << "the same bytes would fail again";
  EXPECT_EQ(may("A", "2000 bytes"), May::now);
}

TEST_F(AttemptsTest, BytesThatDoNotFitAreNotGivenUpBeforeTheLimit) {
  for (int i = 0; i < 20; ++i) fail(checksum_mismatch(digest_of("a"), digest_of("b")));
  EXPECT_NE(may(), May::given_up);
  now += rules.not_yet_limit + 1s;
  fail(checksum_mismatch(digest_of("a"), digest_of("b")));
  EXPECT_EQ(may(), May::given_up);
}

}  // namespace
}  // namespace eulerpublisher::sync
