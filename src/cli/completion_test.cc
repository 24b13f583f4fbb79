#include "cli/completion.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/command_line.h"

namespace eulerpublisher::cli {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Not;
using Paths = Completion::Paths;

std::vector<Candidate> known(const OptionDescription& option) {
  const std::string& kind = option.value;
  if (kind == "V") return {{"22.03-LTS", "22.03-lts"}, {"24.03-LTS", "24.03-lts"}};
  if (kind == "R") return {{"docker.io", ""}, {"oci:", ""}};
  if (kind == "LIST") return {{"amd64", ""}, {"arm64", ""}};
  if (kind == "RECEIPT") return {{"20241230T101500Z-24.03-lts-1", "publish"}};
  return {};
}

Completion completed(const std::vector<std::string>& words) {
  CommandLine definition;
  return complete(describe(definition.app()), words, known);
}

std::vector<std::string> words_of(const Completion& completion) {
  std::vector<std::string> words;
  for (const Candidate& candidate : completion.candidates) words.push_back(candidate.word);
  return words;
}

std::vector<std::string> offered(const std::vector<std::string>& words) { return words_of(completed(words)); }

TEST(Complete, OffersTheCommandsThatHelpShows) {
  EXPECT_THAT(offered({""}), AllOf(Contains("container"), Contains("store"), Contains("completion")));
  EXPECT_THAT(offered({"container", ""}),
              AllOf(Contains("publish"), Contains("tags"), Not(Contains("base"))));
}

TEST(Complete, OffersOnlyWhatBeginsAsTheWordDoes) {
  EXPECT_THAT(offered({"container", "pu"}), ElementsAre("push", "publish"));
}

TEST(Complete, UnderstandsTodaysNamesToo) {
  EXPECT_THAT(offered({"container", "base", "publ"}), ElementsAre("publish"));
  EXPECT_THAT(offered({"container", "publisher", "--allow-o"}), ElementsAre("--allow-older"));
}

TEST(Complete, TellsWhatACommandMeans) {
  for (const Candidate& candidate : completed({""}).candidates) EXPECT_FALSE(candidate.says.empty());
}

TEST(Complete, OffersTheOptionsOfTheCommandAndNoOthers) {
  EXPECT_THAT(offered({"container", "tags", "--"}),
              AllOf(Contains("--version"), Not(Contains("--registry"))));
}

TEST(Complete, ShowsOptionsWhereNothingElseCanStand) {
  EXPECT_THAT(offered({"container", "publish", ""}), Contains("--version"));
}

TEST(Complete, DoesNotOfferAnOptionTwiceUnlessItMayBeRepeated) {
  std::vector<std::string> words{"container", "publish", "-v", "24.03-LTS", "-g", "docker.io", "--"};
  EXPECT_THAT(offered(words), AllOf(Not(Contains("--version")), Contains("--registry")));
}

TEST(Complete, KnowsAnOptionThatIsWrittenAsOneWordWithItsValue) {
  EXPECT_THAT(offered({"container", "tags", "-v24.03-LTS", "--"}), Not(Contains("--version")));
  EXPECT_THAT(offered({"container", "tags", "--version=24.03-LTS", "--"}), Not(Contains("--version")));
}

TEST(Complete, OffersTheValuesThatAnOptionTakes) {
  EXPECT_THAT(offered({"container", "publish", "--progress", ""}),
              ElementsAre("auto", "bar", "plain", "none"));
  EXPECT_THAT(offered({"container", "publish", "-v", "24"}), ElementsAre("24.03-LTS"));
  EXPECT_THAT(offered({"completion", "z"}), ElementsAre("zsh"));
  EXPECT_THAT(offered({"container", "rollback", ""}), ElementsAre("20241230T101500Z-24.03-lts-1"));
}

TEST(Complete, CompletesTheValueBehindAnEqualsSign) {
  Completion completion = completed({"container", "publish", "--progress=b"});
  EXPECT_EQ(completion.kept, "--progress=");
  EXPECT_THAT(words_of(completion), ElementsAre("bar"));
}

TEST(Complete, CompletesTheNextOfAList) {
  Completion completion = completed({"container", "plan", "-a", "amd64,ar"});
  EXPECT_EQ(completion.kept, "amd64,");
  EXPECT_THAT(words_of(completion), ElementsAre("arm64"));
}

TEST(Complete, OffersFilesAndFoldersWhereTheyAreMeant) {
  EXPECT_EQ(completed({"container", "tags", "--policy", ""}).paths, Paths::files);
  EXPECT_EQ(completed({"container", "prepare", "--store", ""}).paths, Paths::folders);
  EXPECT_EQ(completed({"container", "tags", "-v", ""}).paths, Paths::none);
}

TEST(Complete, OffersFoldersBehindOci) {
  Completion completion = completed({"container", "status", "-g", "oci:im"});
  EXPECT_EQ(completion.paths, Paths::folders);
  EXPECT_EQ(completion.kept, "oci:");
  EXPECT_THAT(completion.candidates, IsEmpty());
}

TEST(Complete, AnOptionalValueMayBeLeftOut) {
  EXPECT_EQ(completed({"container", "status", "-m", ""}).paths, Paths::files);
  EXPECT_THAT(offered({"container", "status", "-m", "--plain"}), ElementsAre("--plain-http"));
}

TEST(Complete, NonsenseHasNoCompletion) {
  EXPECT_THAT(offered({"nonsense", "x"}), IsEmpty());
  EXPECT_THAT(offered({"container", "tags", "--nonsense="}), IsEmpty());
  EXPECT_THAT(offered({"container", "tags", "--version=x", "--", "-"}), IsEmpty());
  EXPECT_THAT(offered({}), IsEmpty());
}

TEST(CompletionAnswer, HasWhatIsKeptInFrontOfEveryCandidate) {
  Completion completion{"--progress=", {{"bar", "on a terminal"}}, Paths::none};
  EXPECT_EQ(completion_answer(completion), "none\n--progress=\n--progress=bar\ton a terminal\n");
}

TEST(CompletionScript, IsThereForThreeShells) {
  for (const char* shell : {"bash", "zsh", "fish"}) EXPECT_TRUE(completion_script(shell)) << shell;
  EXPECT_FALSE(completion_script("csh"));
}

}  // namespace
}  // namespace eulerpublisher::cli
