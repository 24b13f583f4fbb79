#include "catalogue/dockerfile.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace eulerpublisher::catalogue {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

struct Read {
  Dockerfile dockerfile;
  Findings findings;

  std::vector<std::string> bases(const char* platform = "linux/amd64",
                                 const Arguments& arguments = {}) const {
    std::vector<std::string> names;
    for (const Base& base : dockerfile.bases(*Platform::parse(platform), arguments))
      names.push_back(base.reference);
    return names;
  }
  // `26:3 EP-C026`
  std::vector<std::string> seen() const {
    std::vector<std::string> all;
    for (const Finding& finding : findings)
      all.push_back(
          fmt::format("{}:{} {}", finding.place.line, finding.place.column, rule_of(finding.code).name));
    return all;
  }
};

Read read(std::string_view text) {
  Read result;
  result.dockerfile = Dockerfile::read(text, "Dockerfile", result.findings);
  return result;
}

TEST(Dockerfile, FillsInTheDefaultsOfArgumentsBeforeTheFirstFrom) {
  Read file = read(
      "ARG VERSION=24.03-lts NAME=\"openeuler\"\nARG REPO=openeuler/${NAME}\n"
      "FROM ${REPO}:${VERSION:-x}\nARG VERSION=other\nRUN echo $BUILDARCH\n");
  EXPECT_THAT(file.bases(), ElementsAre("openeuler/openeuler:24.03-lts"));
  EXPECT_THAT(file.bases("linux/amd64", {{"VERSION", "25.03"}}), ElementsAre("openeuler/openeuler:25.03"));
  EXPECT_THAT(file.seen(), IsEmpty());
}

TEST(Dockerfile, KnowsDefaultsAndAlternativesOfTheShell) {
  EXPECT_THAT(read("FROM a:${X:-1}-${Y:+2}\n").bases(), ElementsAre("a:1-"));
  EXPECT_THAT(read("ARG X=\nFROM a:${X-1}${X:-2}\n").bases(), ElementsAre("a:2"));
  EXPECT_THAT(read("ARG Y=z\nFROM a:${X:-${Y}}${Y:+w}\n").bases(), ElementsAre("a:zw"));
}

TEST(Dockerfile, LeavesAnArgumentWithoutValueAndSaysSo) {
  Read file = read("ARG X\nFROM a:$X\n");
  EXPECT_THAT(file.bases(), ElementsAre("a:$X"));
  EXPECT_FALSE(file.dockerfile.bases(*Platform::parse("amd64"))[0].resolved);
  EXPECT_THAT(file.bases("amd64", {{"X", "1"}}), ElementsAre("a:1"));
}

TEST(Dockerfile, CountsOnlyStagesThatTheLastOneReaches) {
  Read file = read(
      "FROM a AS one\nFROM b AS two\nFROM c AS three\nFROM scratch\n"
      "COPY --from=One /x /\nRUN --mount=type=bind,from=2,target=/y true\n");
  EXPECT_THAT(file.bases(), ElementsAre("a", "c"));
}

TEST(Dockerfile, FollowsStagesThroughOthers) {
  Read file =
      read("FROM a AS base\nFROM base AS built\nCOPY --from=d/e:1 /x /\nFROM f\nCOPY --from=built /x /\n");
  auto bases = file.dockerfile.bases(*Platform::parse("amd64"));
  ASSERT_EQ(bases.size(), 3u);
  EXPECT_EQ(bases[0].reference, "a");
  EXPECT_EQ(bases[1].reference, "d/e:1");
  EXPECT_FALSE(bases[1].is_start);
  EXPECT_EQ(bases[1].line, 3);
  EXPECT_EQ(bases[2].reference, "f");
}

TEST(Dockerfile, NamesEveryPlaceOfABaseAndWhatTheLastStageBeginsWith) {
  Read file = read("FROM x:1 AS a\nFROM a AS b\nFROM x:1 AS c\nFROM b\nCOPY --from=c / /\n");
  std::vector<std::string> places;
  for (const Base& base : file.dockerfile.every_base(*Platform::parse("amd64")))
    places.push_back(fmt::format("{} {}{}", base.line, base.reference, base.is_root ? " root" : ""));
  EXPECT_THAT(places, ElementsAre("1 x:1 root", "3 x:1"));
  EXPECT_THAT(file.bases(), ElementsAre("x:1"));
}

TEST(Dockerfile, TakesTheStageOfThePlatform) {
  Read file = read("FROM a AS b-amd64\nFROM c AS b-arm64\nFROM b-${TARGETARCH}\n");
  EXPECT_THAT(file.bases("linux/amd64"), ElementsAre("a"));
  EXPECT_THAT(file.bases("linux/arm64"), ElementsAre("c"));
}

TEST(Dockerfile, KnowsThePlatformThatAFromAsksFor) {
  auto bases = read("FROM --platform=linux/arm64 a\n").dockerfile.bases(*Platform::parse("amd64"));
  ASSERT_EQ(bases.size(), 1u);
  EXPECT_EQ(bases[0].platform.architecture, "arm64");
  EXPECT_EQ(bases[0].for_platform.architecture, "amd64");
}

TEST(Dockerfile, SkipsHereDocumentsAsAWhole) {
  Read file = read(
      "FROM a\nRUN cat <<EOF > /x && \\\n  cat <<-'END' > /y\nFROM b\nEOF\n\tFROM c\n\tEND\n"
      "COPY <<\"F\" /z\nFROM d\nF\n");
  EXPECT_THAT(file.bases(), ElementsAre("a"));
  EXPECT_THAT(file.seen(), IsEmpty());
}

TEST(Dockerfile, TakesNoHereStringAndNoQuotedTextForAHereDocument) {
  Read file =
      read("FROM a\nRUN cat <<< word\nRUN echo '<<EOF' \"<<EOF\"\nRUN [\"cat\", \"<<EOF\"]\nFROM b\n");
  EXPECT_THAT(file.bases(), ElementsAre("b"));
  EXPECT_THAT(file.seen(), IsEmpty());
}

TEST(Dockerfile, TellsOfAHereDocumentWithoutEnd) {
  EXPECT_THAT(read("FROM a\nRUN <<EOF\nx\n").seen(), ElementsAre("2:1 wrong-dockerfile"));
}

TEST(Dockerfile, JoinsContinuedLinesAndNotesWhatIsOdd) {
  Read file = read("FROM \\\n# a comment\n  a:1 \\  \n\n   AS x\nRUN a \\\n\n  b\n");
  EXPECT_THAT(file.bases(), ElementsAre("a:1"));
  EXPECT_THAT(file.seen(), ElementsAre("3:8 blanks-after-continuation", "4:1 blank-line-in-continuation"));
}

TEST(Dockerfile, AcceptsCrLf) {
  Read file = read("FROM a\r\nRUN x \\\r\n  y\r\n");
  EXPECT_THAT(file.bases(), ElementsAre("a"));
  EXPECT_THAT(file.seen(), ElementsAre("1:7 crlf"));
  EXPECT_EQ(file.findings[0].text, "lines end with CR LF (in 3 lines)");
}

TEST(Dockerfile, KnowsAnotherEscapeCharacter) {
  EXPECT_THAT(read("# escape=`\nFROM `\n a\nRUN c:\\\nFROM b\n").bases(), ElementsAre("b"));
}

TEST(Dockerfile, TellsAnEntrypointThatLooksLikeJsonAndIsNot) {
  EXPECT_THAT(read("FROM a\nENTRYPOINT ['x', 'y']\n").seen(), ElementsAre("2:1 entrypoint-not-json"));
  EXPECT_THAT(read("FROM a\nENTRYPOINT [\"x\", 1]\n").seen(), ElementsAre("2:1 entrypoint-not-json"));
  EXPECT_THAT(read("FROM a\nENTRYPOINT [\"x\", \\\n  \"y\"]\nENTRYPOINT exec x\n").seen(), IsEmpty());
}

TEST(Dockerfile, TellsWhatCannotBeBuilt) {
  EXPECT_THAT(read("").seen(), ElementsAre("1:1 wrong-dockerfile"));
  EXPECT_THAT(read("RUN x\nFROM a\n").seen(), ElementsAre("1:1 wrong-dockerfile"));
  EXPECT_THAT(read("FROM\n").seen(), ElementsAre("1:1 wrong-dockerfile"));
}

}  // namespace
}  // namespace eulerpublisher::catalogue
