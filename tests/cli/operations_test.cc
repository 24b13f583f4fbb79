// docs/operations.md, held against the code: whatever the program can say to whoever runs it stands there.

#include <regex>
#include <set>

#include "cli/publishing.h"
#include "support/places.h"

namespace eulerpublisher {
namespace {

namespace fs = std::filesystem;

std::string operations() { return test::read_text(test::source_folder() / "docs/operations.md"); }
bool tells(const std::string& words) { return operations().find(words) != std::string::npos; }

std::set<std::string> matches_of(const std::string& text, const std::string& pattern) {
  std::set<std::string> found;
  std::regex expression(pattern);
  for (auto match = std::sregex_iterator(text.begin(), text.end(), expression);
       match != std::sregex_iterator(); ++match)
    found.insert((*match)[1].str());
  return found;
}

// The names of all metrics, as the code gives them.
std::set<std::string> metrics_in_code() {
  return matches_of(test::read_text(test::source_folder() / "src/sync/metrics.cc"),
                    R"re((?:family|single)\(\s*"([a-z_]+)")re");
}

TEST(Operations, TellOfEveryMetricAndOfNoOther) {
  std::set<std::string> code = metrics_in_code();
  EXPECT_GE(code.size(), 17u);
  for (const std::string& name : code)
    EXPECT_TRUE(tells("\n| `eulerpublisher_" + name + "` | ")) << name << " has no row of its own";
  for (const std::string& name : matches_of(operations(), "eulerpublisher_([a-z_]+)"))
    EXPECT_TRUE(code.contains(name)) << "there is no such metric: " << name;
}

TEST(Operations, SayWhatEveryAlarmMeans) {
  std::string text = operations();
  auto begin = text.find("groups:"), end = text.find("```", begin);
  for (const std::string& alarm : matches_of(text.substr(begin, end - begin), "alert: (\\w+)"))
    EXPECT_TRUE(tells("\n| " + alarm + " | ")) << "what " << alarm << " means, and what to do";
}

TEST(Operations, TellOfEveryExitStatus) {
  std::set<std::string> code =
      matches_of(test::read_text(test::source_folder() / "src/cli/exit_status.h"), "= (\\d+),");
  EXPECT_EQ(code.size(), 6u);
  for (const std::string& status : code) EXPECT_TRUE(tells("\n| " + status + " | ")) << status;
}

// The text of the string literals up to the end of the statement, with `{}` where values come.
std::string literals_of(const std::string& statement) {
  std::string text;
  for (std::size_t at = 0; (at = statement.find('"', at)) != statement.npos;) {
    auto end = statement.find('"', at + 1);
    text += statement.substr(at + 1, end - at - 1);
    // What follows another literal at once is the same text.
    at = end + 1;
    if (statement.find_first_not_of(" \n", at) != statement.find('"', at)) text += "{}";
  }
  return text;
}

// The longest piece of a message that is the same every time.
std::string longest_piece(const std::string& message) {
  std::string longest;
  for (std::size_t begin = 0; begin < message.size();) {
    auto end = std::min(message.find('{', begin), message.size());
    std::string piece = message.substr(begin, end - begin);
    piece.erase(0, std::min(piece.find_first_not_of(" :;,."), piece.size()));
    piece.erase(piece.find_last_not_of(" :;,.(\\n") + 1);
    if (piece.size() > longest.size()) longest = piece;
    begin = std::min(message.find('}', end), message.size()) + 1;
  }
  return longest;
}

TEST(Operations, TellOfEveryWarningThatTheCodeWrites) {
  std::size_t seen = 0;
  for (const auto& entry : fs::recursive_directory_iterator(test::source_folder() / "src")) {
    std::string name = entry.path().filename().string();
    if (!name.ends_with(".cc") || name.ends_with("_test.cc")) continue;
    std::string code = test::read_text(entry.path());
    for (const std::string begin : {
             "log_warning(",
             "log_line(LogLevel::error",
             "remark(",
             "State::private_repository",
             "leave(outcome",
             "State::absent, fmt",
             "State::differs,\n",
         })
      for (std::size_t at = 0; (at = code.find(begin, at)) != code.npos; ++at) {
        std::string piece = longest_piece(literals_of(code.substr(at, code.find(";\n", at) - at)));
        if (piece.size() < 6) continue;  // values alone: told where they come from
        EXPECT_TRUE(tells(piece)) << name << ": " << piece;
        ++seen;
      }
  }
  EXPECT_GE(seen, 12u);
}

}  // namespace
}  // namespace eulerpublisher
