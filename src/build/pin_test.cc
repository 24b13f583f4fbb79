#include "build/pin.h"

#include <gtest/gtest.h>

namespace eulerpublisher::build {
namespace {

std::string pinned(std::string_view text, const std::vector<Pin>& pins) {
  auto result = pin_bases(text, pins);
  return result ? *result : result.error().text();
}

TEST(PinBases, PutsADigestInPlaceOfATagAndLeavesTheRest) {
  EXPECT_EQ(pinned("# a base\nFROM openeuler/openeuler:24.03-lts AS build\nRUN true\n",
                   {{2, true, "openeuler/openeuler:24.03-lts", "r.example/o/o@sha256:1"}}),
            "# a base\nFROM r.example/o/o@sha256:1 AS build\nRUN true\n");
}

TEST(PinBases, FindsAnImageThatIsWrittenWithArguments) {
  EXPECT_EQ(pinned("ARG V=1\nfrom --platform=$BUILDPLATFORM  openeuler/x:${V}\r\n",
                   {{2, true, "openeuler/x:1", "p"}}),
            "ARG V=1\nfrom --platform=$BUILDPLATFORM  p\r\n");
}

TEST(PinBases, FollowsContinuedLinesAndTheCommentsBetweenThem) {
  EXPECT_EQ(pinned("FROM \\  \n  # why\n\n  openeuler/x:1 \\\n AS a\n", {{1, true, "openeuler/x:1", "p"}}),
            "FROM \\  \n  # why\n\n  p \\\n AS a\n");
  EXPECT_EQ(pinned("# escape=`\nFROM `\n openeuler/x:1\n", {{2, true, "openeuler/x:1", "p"}}),
            "# escape=`\nFROM `\n p\n");
}

TEST(PinBases, PinsWhatFilesAreCopiedFrom) {
  EXPECT_EQ(
      pinned("FROM scratch\nCOPY --chown=1 --from=openeuler/x:1 /openeuler/x:1 /a\n"
             "RUN --mount=type=bind,from=openeuler/x:1,target=/m --mount=from=openeuler/x:10 cp /m/a /\n",
             {{2, false, "openeuler/x:1", "p"}, {3, false, "openeuler/x:1", "q"}}),
      "FROM scratch\nCOPY --chown=1 --from=p /openeuler/x:1 /a\n"
      "RUN --mount=type=bind,from=q,target=/m --mount=from=openeuler/x:10 cp /m/a /\n");
}

TEST(PinBases, PinsTheSameBaseInEveryPlace) {
  EXPECT_EQ(pinned("FROM x:1 AS a\nFROM x:1\n", {{1, true, "x:1", "long@sha256:1"}, {2, true, "x:1", "y"}}),
            "FROM long@sha256:1 AS a\nFROM y\n");
}

TEST(PinBases, RefusesWhatDoesNotStandWhereItWasRead) {
  EXPECT_EQ(pinned("FROM x\n", {{7, true, "x", "p"}}),
            "line 7 of the Dockerfile does not name x as it should");
  EXPECT_EQ(pinned("FROM x\nCOPY --from=y . .", {{2, false, "x", "p"}}),
            "line 2 of the Dockerfile does not name x as it should");
}

}  // namespace
}  // namespace eulerpublisher::build
