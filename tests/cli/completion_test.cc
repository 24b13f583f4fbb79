// The completions as people meet them: real shells on a terminal, and somebody who presses TAB.

#include "cli/publishing.h"
#include "support/places.h"
#include "support/terminal.h"

namespace eulerpublisher {
namespace {

namespace fs = std::filesystem;
using test::Terminal;

struct Shell {
  const char* name;
  std::vector<std::string> argv;
  std::string prepare;  // what loads the script of `eulerpublisher completion`
};

const Shell bash{"bash", {"bash", "--norc", "--noprofile", "-i"}, "PS1='rea''dy> '; source ./script"};
const Shell zsh{"zsh",
                {"zsh", "-f", "-i"},
                "PROMPT='rea''dy> '; PROMPT_EOL_MARK=; fpath=($PWD/functions $fpath); autoload -Uz compinit; "
                "compinit -u -D"};
const Shell fish{
    "fish",
    {"fish", "--no-config", "-i"},
    "function fish_prompt; echo -n 'rea''dy> '; end; set -g fish_autosuggestion_enabled 0; source ./script"};

void PrintTo(const Shell& shell, std::ostream* out) { *out << shell.name; }

// In its PATH lies an `eulerpublisher` that completes as ours does and otherwise shows how it was called.
class Completions : public testing::TestWithParam<Shell> {
 protected:
  void SetUp() override {
    const Shell& shell = GetParam();
    if (!test::have_program(shell.name)) GTEST_SKIP() << "SKIPPED: " << shell.name << " is not installed";
    fs::create_directories(machine / "bin");
    fs::create_directories(machine / "images/first");
    test::write_text(machine / "mine.yaml", "tags:\n  latest: 24.03-LTS\n");
    test::write_text(machine / "bin/eulerpublisher",
                     "#!/bin/sh\n[ \"$1\" != __complete ] || exec " + test::program().string() +
                         " \"$@\"\nprintf 'called: '; printf '<%s>' \"$@\"; echo ' end'\n");
    fs::permissions(machine / "bin/eulerpublisher", fs::perms::owner_all);
    std::string script = machine.run({"completion", shell.name}).out;
    test::write_text(machine / "script", script);
    fs::create_directories(machine / "functions");
    test::write_text(machine / "functions/_eulerpublisher", script);
  }

  Result<Terminal> start() {
    const Shell& shell = GetParam();
    test::Command command = machine.command({});
    command.argv = shell.argv;
    command.folder = machine.folder();
    command.env["PATH"] = (machine / "bin").string() + ":" + std::getenv("PATH");
    command.env["HOME"] = machine.folder().string();
    command.env["TERM"] = "dumb";
    command.env["LC_ALL"] = "C.UTF-8";
    return Terminal::start(command);
  }

  // How the program is called after these keys, of which TAB is one: `<container><tags>`.
  std::string called_after(const std::string& keys) {
    auto terminal = start();
    EXPECT_TRUE(terminal.has_value());
    if (!terminal) return {};
    terminal->type(GetParam().prepare + "\r");
    EXPECT_TRUE(terminal->wait_for("ready> ")) << terminal->shown();
    terminal->type(keys + "\r");
    bool called = terminal->wait_for("called: ");
    std::size_t begin = terminal->shown().rfind("called: ") + 8;
    EXPECT_TRUE(called && terminal->wait_for(" end")) << terminal->shown();
    if (!called) return {};
    return terminal->shown().substr(begin, terminal->shown().find(" end", begin) - begin);
  }

  // Whether all these are shown after the keys.
  void expect_shown(const std::string& keys, const std::vector<std::string>& words) {
    auto terminal = start();
    ASSERT_TRUE(terminal.has_value());
    terminal->type(GetParam().prepare + "\r");
    ASSERT_TRUE(terminal->wait_for("ready> ")) << terminal->shown();
    terminal->type(keys);
    for (const std::string& word : words)
      EXPECT_TRUE(terminal->wait_for(word)) << word << "\n" << terminal->shown();
  }

  test::Machine machine;
};

TEST_P(Completions, OneKeyCompletesCommandsOptionsAndTheirValues) {
  EXPECT_EQ(called_after("eulerpublisher conta\tpubli\t--progr\tpl\t--versi\t23\t"),
            "<container><publish><--progress><plain><--version><23.03>");
}

TEST_P(Completions, AValueBehindAnEqualsSignIsCompletedInItsWord) {
  EXPECT_EQ(called_after("eulerpublisher container publish --progress=pl\t"),
            "<container><publish><--progress=plain>");
}

TEST_P(Completions, AFolderIsCompletedBehindOci) {
  // zsh takes the slash away again when nothing follows it.
  EXPECT_THAT(called_after("eulerpublisher container status -g oci:ima\t"),
              testing::MatchesRegex("<container><status><-g><oci:images/?>"));
}

TEST_P(Completions, AFileIsCompletedWhereOneIsMeant) {
  EXPECT_EQ(called_after("eulerpublisher container tags --policy mi\t"),
            "<container><tags><--policy><mine.yaml>");
  EXPECT_EQ(called_after("eulerpublisher container tags --policy=mi\t"),
            "<container><tags><--policy=mine.yaml>");
}

TEST_P(Completions, WhatCanStandThereIsShown) {
  expect_shown("eulerpublisher container pu\t\t", {"publish", "push"});
}

INSTANTIATE_TEST_SUITE_P(Shells, Completions, testing::Values(bash, zsh, fish),
                         [](const auto& info) { return std::string(info.param.name); });

}  // namespace
}  // namespace eulerpublisher
