#include "cli/exit_status.h"

#include <gtest/gtest.h>

namespace eulerpublisher::cli {
namespace {

TEST(ExitStatus, IsTheNumberOfTheTable) {
  EXPECT_EQ(static_cast<int>(ExitStatus::done), 0);
  EXPECT_EQ(static_cast<int>(ExitStatus::failed), 1);
  EXPECT_EQ(static_cast<int>(ExitStatus::wrong_input), 2);
  EXPECT_EQ(static_cast<int>(ExitStatus::some_behind), 3);
  EXPECT_EQ(static_cast<int>(ExitStatus::check_refused), 4);
  EXPECT_EQ(static_cast<int>(ExitStatus::untrusted), 5);
}

TEST(ExitStatus, TellsAWrongFileFromUntrustedBytesAndFromAFailure) {
  EXPECT_EQ(exit_status_of(ErrorKind::invalid), ExitStatus::wrong_input);
  EXPECT_EQ(exit_status_of(ErrorKind::corrupt), ExitStatus::untrusted);
  for (ErrorKind kind : {ErrorKind::not_found, ErrorKind::denied, ErrorKind::conflict, ErrorKind::unavailable,
                         ErrorKind::unsupported, ErrorKind::cancelled})
    EXPECT_EQ(exit_status_of(kind), ExitStatus::failed) << name_of(kind);
}

}  // namespace
}  // namespace eulerpublisher::cli
