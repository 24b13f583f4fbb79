#include "trial/probe.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace eulerpublisher {
namespace {

using testing::HasSubstr;

TEST(Probe, TellsAnswersAndTheirStatusApart) {
  Probe probe = Probe::parse("noise\n@@ask date\nUTC\n\n@@end date 0\n@@ask login\na\nb\n\n@@end login 3\n");
  EXPECT_TRUE(probe["date"].there);
  EXPECT_EQ(probe["date"].text, "UTC");
  EXPECT_EQ(probe["login"].status, 3);
  EXPECT_EQ(probe["login"].text, "a\nb");
  EXPECT_FALSE(probe["rpm"].there);
}

TEST(Probe, TakesNoAnswerThatWasCutOff) {
  EXPECT_FALSE(Probe::parse("@@ask rpm\nbash-5\n")["rpm"].there);
  EXPECT_FALSE(Probe::parse("@@ask rpm\nbash-5\n@@end verify 0\n")["rpm"].there);
}

TEST(Probe, KnowsANameOfBusyboxFromAProgram) {
  EXPECT_FALSE(Probe::parse("@@ask rpm\nBusyBox v1.35.0 multi-call binary.\n\n@@end rpm 1\n")["rpm"].there);
  EXPECT_FALSE(
      Probe::parse("@@ask adduser\nadduser: applet not found\n\n@@end adduser 127\n")["adduser"].there);
}

TEST(Probe, AsksOnlyForWhatIsThere) {
  EXPECT_THAT(Probe::script(), HasSubstr("if command -v rpm >/dev/null 2>&1; then"));
}

}  // namespace
}  // namespace eulerpublisher
