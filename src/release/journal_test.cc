#include "release/journal.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

#include "support/process.h"

namespace eulerpublisher {
namespace {

TEST(Journal, IsBegunBySeveralRunsAtOnce) {
  for (int round = 0; round < 2; ++round) {
    test::TempFolder folder("ep-journal");
    std::atomic<int> opened = 0;
    {
      std::vector<std::jthread> runs;
      for (int run = 0; run < 6; ++run)
        runs.emplace_back([&] {
          auto journal = Journal::open(folder / "state", system_clock());
          if (!journal) {
            ADD_FAILURE() << journal.error().text();
            return;
          }
          auto begun = (*journal)->begin("publish", "24.03-LTS-SP1", "a/openeuler");
          EXPECT_TRUE(begun.has_value()) << begun.error().text();
          ++opened;
        });
    }
    EXPECT_EQ(opened, 6);
    auto journal = Journal::open(folder / "state", system_clock());
    ASSERT_TRUE(journal.has_value());
    EXPECT_EQ((*journal)->unfinished()->size(), 6u);
  }
}

}  // namespace
}  // namespace eulerpublisher
