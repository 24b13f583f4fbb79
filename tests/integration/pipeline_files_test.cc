// packaging/ci: the files are what they should be, and what they call is what the program has.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <regex>
#include <set>

#include "policy/yaml.h"
#include "support/places.h"
#include "support/process.h"

namespace eulerpublisher {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

const fs::path folder = test::source_folder() / "packaging/ci";

std::vector<fs::path> files() {
  std::vector<fs::path> all;
  for (const auto& entry : fs::recursive_directory_iterator(folder))
    if (entry.is_regular_file()) all.push_back(entry.path());
  std::ranges::sort(all);
  return all;
}

// A template of Kubernetes with something in place of each @WORD@.
std::string filled(std::string text) {
  text = std::regex_replace(text, std::regex("@RESULTS@"), "[]");
  return std::regex_replace(text, std::regex("@[A-Z]+@"), "1");
}

std::string without_continuations(std::string text) {
  return std::regex_replace(text, std::regex("\\\\\n\\s*"), " ");
}

TEST(PipelineFiles, AreYamlWhereTheySaySo) {
  size_t seen = 0;
  for (const fs::path& file : files()) {
    if (file.extension() != ".yml" && file.extension() != ".yaml") continue;
    ++seen;
    auto document = YamlDocument::parse(filled(test::read_text(file)), file.filename());
    ASSERT_TRUE(document.has_value()) << document.error().text();
    EXPECT_EQ(document->root().kind, YamlNode::Kind::map) << file;
  }
  EXPECT_GE(seen, 6u);
}

TEST(PipelineFiles, CallWhatTheProgramHas) {
  std::regex call("eulerpublisher (container(?: [a-z]+)+)([^\n|;&>]*)");
  std::regex option("(^|\\s)(--[a-z-]+)");
  std::set<std::string> commands;
  for (const fs::path& file : files()) {
    std::string text = without_continuations(test::read_text(file));
    for (std::sregex_iterator at(text.begin(), text.end(), call), end; at != end; ++at) {
      std::string command = (*at)[1];
      std::vector<std::string> argv{test::program().string()};
      std::istringstream words(command);
      for (std::string word; words >> word;) argv.push_back(word);
      argv.push_back("--help");
      auto help = test::run({argv});
      ASSERT_EQ(help.status, 0) << file << ": " << command << "\n" << help.err;
      commands.insert(command);
      std::string given = (*at)[2];
      for (std::sregex_iterator one(given.begin(), given.end(), option); one != end; ++one)
        EXPECT_THAT(help.out, HasSubstr((*one)[2].str())) << file << ": " << command;
    }
  }
  EXPECT_THAT(commands, testing::IsSupersetOf({"container plan", "container build", "container assemble"}));
}

TEST(PipelineFiles, HaveScriptsWithoutFaults) {
  if (!test::have_program("shellcheck")) GTEST_SKIP() << "SKIPPED: shellcheck is not installed";
  for (const fs::path& file : files()) {
    if (file.extension() != ".sh") continue;
    auto ran = test::run({{"shellcheck", file.string()}});
    EXPECT_TRUE(ran.ok()) << ran.out;
  }
}

}  // namespace
}  // namespace eulerpublisher
