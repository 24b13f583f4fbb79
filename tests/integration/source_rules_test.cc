// Rules for the source itself: which folder may include which (src/folders.txt), and how long a file may be.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include "support/places.h"
#include "support/process.h"

namespace eulerpublisher {
namespace {

namespace fs = std::filesystem;
using testing::IsEmpty;

const fs::path source = test::source_folder() / "src";

// Each folder and what it may include: itself, and what stands after its colon.
std::map<std::string, std::set<std::string>> folders() {
  std::map<std::string, std::set<std::string>> all;
  std::istringstream text(test::read_text(source / "folders.txt"));
  for (std::string line; std::getline(text, line);) {
    if (line.empty() || line.front() == '#') continue;
    std::string name = line.substr(0, line.find(':'));
    std::istringstream uses(line.substr(name.size() + 1));
    std::set<std::string>& may = all[name];
    may.insert(name);
    for (std::string use; uses >> use;) may.insert(use);
  }
  return all;
}

std::vector<fs::path> files() {
  std::vector<fs::path> all;
  for (const auto& file : fs::recursive_directory_iterator(source))
    if (file.path().extension() == ".h" || file.path().extension() == ".cc") all.push_back(file.path());
  std::ranges::sort(all);
  return all;
}

// The texts between the quotes of `#include "…"`.
std::vector<std::string> includes_of(const fs::path& file) {
  std::vector<std::string> all;
  std::istringstream text(test::read_text(file));
  const std::string begin = "#include \"";
  for (std::string line; std::getline(text, line);)
    if (line.starts_with(begin))
      all.push_back(line.substr(begin.size(), line.find('"', begin.size()) - begin.size()));
  return all;
}

TEST(Includes, EveryFolderIsListedAndEveryListedFolderIsThere) {
  auto listed = folders();
  for (const auto& folder : fs::directory_iterator(source))
    if (folder.is_directory()) {
      EXPECT_TRUE(listed.contains(folder.path().filename().string()))
          << folder.path() << " is not in folders.txt";
    }
  for (const auto& [name, uses] : listed) {
    EXPECT_TRUE(fs::is_directory(source / name)) << "folders.txt lists " << name;
    for (const std::string& use : uses) EXPECT_TRUE(listed.contains(use)) << name << " uses " << use;
  }
}

TEST(Includes, AFolderIncludesOnlyWhatItMay) {
  auto listed = folders();
  std::vector<std::string> forbidden;
  for (const fs::path& file : files()) {
    std::string folder = fs::relative(file, source).begin()->string();
    bool is_test = file.stem().string().ends_with("_test");
    for (const std::string& include : includes_of(file)) {
      std::string from = include.substr(0, include.find('/'));
      bool from_support = is_test && from == "support";
      if (!listed[folder].contains(from) && !from_support)
        forbidden.push_back(fs::relative(file, source).string() + " includes " + include);
    }
  }
  EXPECT_THAT(forbidden, IsEmpty());
}

TEST(Includes, NoFolderUsesItselfByDetours) {
  auto listed = folders();
  for (const auto& [name, uses] : listed)
    for (const std::string& use : uses)
      if (use != name) {
        EXPECT_FALSE(listed[use].contains(name)) << name << " and " << use << " include each other";
      }
}

TEST(Files, NoneHasMoreThanFiveHundredLines) {
  std::vector<std::string> long_ones;
  for (const fs::path& file : files()) {
    std::string text = test::read_text(file);
    auto lines = std::ranges::count(text, '\n');
    if (lines > 500) long_ones.push_back(fs::relative(file, source).string() + ": " + std::to_string(lines));
  }
  EXPECT_THAT(long_ones, IsEmpty());
}

}  // namespace
}  // namespace eulerpublisher
