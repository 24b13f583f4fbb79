#include "cli/manual_page.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/command_line.h"
#include "cli/roff.h"

namespace eulerpublisher::cli {
namespace {

using testing::HasSubstr;
using testing::Not;

const Imprint imprint{"eulerpublisher 1.2.3", "2024-12-30"};

CommandDescription program() {
  CommandLine definition;
  return describe(definition.app());
}

const CommandDescription& below(const CommandDescription& command, const std::string& name) {
  const CommandDescription* found = command.find(name);
  EXPECT_TRUE(found) << name;
  return *found;
}

std::string page_of(const CommandDescription& whole, const CommandDescription& command) {
  return manual_page(whole, command, imprint).text;
}

// Everything that --help shows stands in the pages: each command in its own, each option in the page of its
// command.
void expect_complete(const CommandDescription& whole, const CommandDescription& command) {
  std::string page = page_of(whole, command);
  for (const OptionDescription& option : command.options) {
    for (const std::string& name : option.names)
      if (!option.positional) {
        EXPECT_THAT(page, HasSubstr("\\fB" + roff_escaped(name) + "\\fR")) << command.name();
      }
    if (!option.variable.empty()) {
      EXPECT_THAT(page, HasSubstr(roff_escaped(option.variable)));
    }
    for (const std::string& value : option.values) EXPECT_THAT(page, HasSubstr(value)) << option.name();
  }
  for (const CommandDescription& next : command.commands)
    if (!next.hidden) expect_complete(whole, next);
}

TEST(ManualPage, HasEveryOptionOfItsCommand) {
  CommandDescription whole = program();
  expect_complete(whole, whole);
}

TEST(ManualPage, OfTheProgramNamesEveryCommand) {
  CommandDescription whole = program();
  std::string page = page_of(whole, whole);
  for (const CommandDescription& command : below(whole, "container").commands)
    if (!command.hidden) {
      EXPECT_THAT(page, HasSubstr("eulerpublisher container " + command.name()));
    }
}

TEST(ManualPage, TellsKindValuesDefaultAndVariableOfAnOption) {
  CommandDescription whole = program();
  std::string page = page_of(whole, below(below(whole, "container"), "publish"));
  EXPECT_THAT(page, HasSubstr("\\fB\\-\\-policy\\fR \\fIFILE\\fR\n"));
  EXPECT_THAT(page, HasSubstr("One of sizes, full."));
  EXPECT_THAT(page, HasSubstr("Without it: docker_img."));
  EXPECT_THAT(page, HasSubstr("\\fBEULERPUBLISHER_POLICY\\fR"));
  EXPECT_THAT(page, HasSubstr("\\fB\\-v\\fR, \\fB\\-\\-version\\fR \\fIV\\fR\n"));
  EXPECT_THAT(page, HasSubstr("\\fIFILE\\fR]\n")) << "-m may stand without its file";
}

TEST(ManualPage, HasTheExampleAndTheExitStatuses) {
  CommandDescription whole = program();
  std::string page = page_of(whole, below(below(whole, "container"), "tags"));
  EXPECT_THAT(page, HasSubstr(".SH \"EXAMPLE\"\n.nf\n.RS 4\neulerpublisher container tags \\-v 22.03"));
  EXPECT_THAT(page, HasSubstr(".TP\n\\fB4\\fR\na check refused the image.\n"));
}

TEST(ManualPage, NamesTheNeighbours) {
  CommandDescription whole = program();
  EXPECT_THAT(page_of(whole, below(whole, "store")),
              HasSubstr("\\fBeulerpublisher\\-store\\-prune\\fR(1)\n"));
  EXPECT_THAT(page_of(whole, whole), Not(HasSubstr("container\\-base")));
}

TEST(ManualPages, AreOneForEachCommandThatHelpShows) {
  std::vector<std::string> files;
  for (const ManualPage& page : manual_pages(program(), imprint)) files.push_back(page.file());
  EXPECT_EQ(files.front(), "eulerpublisher.1");
  EXPECT_THAT(files, testing::Contains("eulerpublisher-container-publish.1"));
  EXPECT_THAT(files, Not(testing::Contains("eulerpublisher-container-base.1")));
}

TEST(RoffEscaped, ShowsEveryCharacterAsItIs) {
  EXPECT_EQ(roff_escaped(".hidden"), "\\&.hidden");
  EXPECT_EQ(roff_escaped("'x' \"y\" `z`"), "\\(aqx\\(aq \\(dqy\\(dq \\(gaz\\(ga");
  EXPECT_EQ(roff_escaped("a\\b -c ~d ^e"), "a\\eb \\-c \\(tid \\(hae");
  EXPECT_EQ(roff_escaped("https://…"), "https://\\[u2026]");
}

TEST(RoffEscaped, SurvivesWhatIsNoUtf8) {
  for (const char* bytes : {"\xff", "\xe2\x80", "\xc3", "\xf0\x9f"})
    EXPECT_FALSE(roff_escaped(bytes).empty());
}

TEST(Roff, BreaksLongTextBetweenWords) {
  Roff page("T", "D", "S", "M");
  std::string word = "fourteenlettrs";
  page.text(word + " " + word + " " + word + " " + word + " " + word + " " + word).line();
  EXPECT_THAT(page.page(), HasSubstr(word + "\n" + word + "\n"));
}

}  // namespace
}  // namespace eulerpublisher::cli
