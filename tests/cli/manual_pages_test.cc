// The manual pages as `man` and mandoc see them, and as they are installed.

#include "cli/publishing.h"

namespace eulerpublisher {
namespace {

namespace fs = std::filesystem;
using test::Ran;
using testing::HasSubstr;
using testing::IsEmpty;

class ManualPages : public testing::Test {
 protected:
  void SetUp() override {
    Ran ran =
        machine.run({"man", "--all", (machine / "man1").string()}, {{"SOURCE_DATE_EPOCH", "1735516800"}});
    ASSERT_TRUE(ran.ok()) << test::told(ran);
    for (const auto& file : fs::directory_iterator(machine / "man1")) pages.push_back(file.path());
    std::ranges::sort(pages);
    ASSERT_GE(pages.size(), 10u);
  }

  // `--help` of the command that a page is of.
  std::string help_of(const fs::path& page) const {
    std::vector<std::string> words;
    std::istringstream name(page.stem().string());
    for (std::string word; std::getline(name, word, '-');) words.push_back(word);
    words.erase(words.begin());
    words.push_back("--help");
    return machine.run(words).out;
  }

  static std::string read_as_text(const fs::path& page) {
    return test::run({.argv = {"man", "--no-hyphenation", "--no-justification", "-l", page.string()},
                      .env = {{"LC_ALL", "C.UTF-8"}, {"MANWIDTH", "200"}, {"MANPAGER", "cat"}}})
        .out;
  }

  test::Machine machine;
  std::vector<fs::path> pages;
};

TEST_F(ManualPages, ManReadsThemWithoutAWarning) {
  if (!test::have_program("man")) GTEST_SKIP() << "SKIPPED: man is not installed";
  for (const fs::path& page : pages) {
    Ran ran = test::run({.argv = {"man", "--warnings", "-E", "UTF-8", "-l", "-Tutf8", "-Z", page.string()},
                         .env = {{"LC_ALL", "C.UTF-8"}, {"MANWIDTH", "80"}}});
    EXPECT_TRUE(ran.ok()) << page;
    EXPECT_THAT(ran.err, IsEmpty()) << page;
  }
}

TEST_F(ManualPages, MandocFindsNothingToWarnOf) {
  if (!test::have_program("mandoc")) GTEST_SKIP() << "SKIPPED: mandoc is not installed";
  for (const fs::path& page : pages) {
    Ran ran = test::run({.argv = {"mandoc", "-T", "lint", "-W", "warning", page.string()}});
    EXPECT_TRUE(ran.ok()) << ran.out << ran.err;
  }
}

// Words that help shows: options and commands.  Both stand in the page as a person reads it.
TEST_F(ManualPages, EveryCommandAndOptionOfHelpStandsInThem) {
  if (!test::have_program("man")) GTEST_SKIP() << "SKIPPED: man is not installed";
  std::size_t compared = 0;
  for (const fs::path& page : pages) {
    std::string text = read_as_text(page);
    std::istringstream help(help_of(page));
    bool in_commands = false;
    for (std::string line; std::getline(help, line);) {
      if (line == "Subcommands:") in_commands = true;
      std::istringstream words(line);
      std::string word;
      words >> word;
      bool shown = line.starts_with("  ") && line.size() > 2 && line[2] != ' ';
      if (!shown || (word.front() != '-' && !in_commands)) continue;
      std::istringstream names(word);
      for (std::string name; std::getline(names, name, ','); ++compared)
        EXPECT_THAT(text, HasSubstr(name)) << page;
    }
  }
  EXPECT_GT(compared, 100u);
}

TEST_F(ManualPages, AreTheSameBytesForTheSameDate) {
  std::string first = test::read_text(machine / "man1/eulerpublisher.1");
  EXPECT_THAT(first, HasSubstr("\"2024-12-30\""));
  Ran again = machine.run({"man"}, {{"SOURCE_DATE_EPOCH", "1735516800"}});
  EXPECT_EQ(again.out, first);
}

TEST_F(ManualPages, WrongWordsGetOneSentence) {
  for (std::vector<std::string> words : std::vector<std::vector<std::string>>{{"man", "container", "pubish"},
                                                                              {"man", "--all", "/dev/null/x"},
                                                                              {"completion", "csh"},
                                                                              {"completion"}}) {
    Ran ran = machine.run(words);
    EXPECT_EQ(ran.status, 2) << test::told(ran);
    EXPECT_EQ(test::error_lines(ran).size(), 1u) << test::told(ran);
    EXPECT_THAT(ran.out, IsEmpty());
  }
}

}  // namespace
}  // namespace eulerpublisher
