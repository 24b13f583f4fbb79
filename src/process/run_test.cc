#include "process/run.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <thread>

namespace eulerpublisher::process {
namespace {

using std::chrono::milliseconds;
using testing::HasSubstr;

Command shell(const std::string& script) { return {{"/bin/sh", "-c", script}}; }

Ended ended(const Command& command, const Terms& terms = {}) {
  auto result = run(command, terms);
  EXPECT_TRUE(result.has_value()) << result.error().text();
  return result ? *result : Ended{};
}

TEST(Run, TellsHowAProgramEndedAndWhatItSaid) {
  Ended said = ended(shell("echo out; echo err >&2; exit 7"));
  EXPECT_EQ(said.status, 7);
  EXPECT_EQ(said.out, "out\n");
  EXPECT_EQ(said.err, "err\n");
  EXPECT_FALSE(said.ok());
  EXPECT_TRUE(ended(shell("true")).ok());
}

TEST(Run, TellsASignalAsAShellDoes) { EXPECT_EQ(ended(shell("kill -TERM $$")).status, 128 + SIGTERM); }

TEST(Run, HandsArgumentsOverAsTheyAre) {
  EXPECT_EQ(ended({{"printf", "%s|", "a b", "$(id)", "'", ""}}).out, "a b|$(id)|'||");
}

TEST(Run, GivesTheProgramItsInputAndThenTheEnd) {
  std::string much(300'000, 'x');
  EXPECT_EQ(ended({{"cat"}}, {.input = much}).out, much);
  EXPECT_EQ(ended({{"cat"}}).out, "");
  EXPECT_TRUE(ended({{"true"}}, {.input = much}).ok());
}

TEST(Run, ChangesTheEnvironmentAndTheFolder) {
  Command command = shell("echo $EP_ONE/${HOME-none}; pwd");
  command.env = {{"EP_ONE", "1"}, {"HOME", std::nullopt}};
  command.folder = "/usr";
  EXPECT_EQ(ended(command).out, "1/none\n/usr\n");
}

TEST(Run, KeepsWhatIsWithheldFromEveryProgramThatIsNotGivenItByName) {
  setenv("EP_SECRET_ONE", "1", 1);
  setenv("EP_SECRET_TWO", "2", 1);
  Command command = shell("echo ${EP_SECRET_ONE-none}/${EP_SECRET_TWO-none}");
  EXPECT_EQ(ended(command).out, "1/2\n");
  withhold({"EP_SECRET_ONE", "EP_SECRET_TWO"});
  EXPECT_EQ(ended(command).out, "none/none\n");
  command.env = {{"EP_SECRET_TWO", "given"}};
  EXPECT_EQ(ended(command).out, "none/given\n");
}

TEST(Run, SaysThatThereIsNoSuchProgram) {
  auto result = run({{"ep-no-such-program"}});
  ASSERT_FALSE(result.has_value());
  EXPECT_EQ(result.error().kind(), ErrorKind::not_found);
  EXPECT_THAT(result.error().text(), HasSubstr("ep-no-such-program"));
  EXPECT_FALSE(run({{}}).has_value());
}

TEST(Run, EndsAProgramWhoseTimeIsUpWithAllItStarted) {
  Ended said = ended(shell("echo begun; sleep 60 & sleep 60"), {.patience = milliseconds(50)});
  EXPECT_TRUE(said.too_late);
  EXPECT_FALSE(said.ok());
  EXPECT_EQ(said.out, "begun\n");
}

TEST(Run, KillsAProgramThatWillNotEnd) {
  Ended said = ended(shell("trap '' TERM; while :; do sleep 0.01; done"),
                     {.patience = milliseconds(50), .grace = milliseconds(50)});
  EXPECT_TRUE(said.too_late);
  EXPECT_EQ(said.status, 128 + SIGKILL);
}

TEST(Run, KillsAtOnceWhereThereIsNoGrace) {
  Ended said = ended({{"sleep", "60"}}, {.patience = milliseconds(20), .grace = milliseconds(0)});
  EXPECT_TRUE(said.too_late);
}

TEST(Run, StopsWhenAsked) {
  std::stop_source stop;
  std::jthread later([&] {
    std::this_thread::sleep_for(milliseconds(30));
    stop.request_stop();
  });
  auto result = run({{"sleep", "60"}}, {}, stop.get_token());
  ASSERT_FALSE(result.has_value());
  EXPECT_EQ(result.error().kind(), ErrorKind::cancelled);
  EXPECT_FALSE(run({{"true"}}, {}, stop.get_token()).has_value());
}

TEST(Run, DoesNotWaitForWhoeverKeepsTheOutputAfterTheProgramHasEnded) {
  auto begun = std::chrono::steady_clock::now();
  Ended said = ended(shell("echo done; setsid sleep 2 &"));
  EXPECT_TRUE(said.ok());
  EXPECT_EQ(said.out, "done\n");
  EXPECT_LT(std::chrono::steady_clock::now() - begun, std::chrono::milliseconds(1500));
}

TEST(Run, LeavesNothingOfTheProcessGroupBehind) {
  Ended said = ended(shell("sleep 60 >/dev/null 2>&1 & echo $!"));
  ASSERT_TRUE(said.ok());
  pid_t left = std::stoi(said.out);
  auto end = std::chrono::steady_clock::now() + std::chrono::seconds(2);
  // Init, or whoever stands in for it, may take a moment to wait for what was killed.
  auto gone = [&] {
    std::string state = ended({{"ps", "-o", "stat=", "-p", std::to_string(left)}}).out;
    return state.empty() || state.starts_with("Z");
  };
  while (!gone() && std::chrono::steady_clock::now() < end) std::this_thread::sleep_for(milliseconds(10));
  EXPECT_TRUE(gone());
}

TEST(Run, KeepsNoMoreOfTheOutputThanItMay) {
  std::string seen;
  Ended said = ended(shell("printf 0123456789; printf abc >&2"),
                     {.output_limit = 4, .watch = [&](std::string_view piece) { seen += piece; }});
  EXPECT_EQ(said.out, "0123");
  EXPECT_EQ(said.err, "abc");
  EXPECT_TRUE(said.cut);
  EXPECT_EQ(seen.size(), 13u);
}

TEST(Run, GivesATerminalToAProgramThatAPersonWouldUse) {
  Ended said = ended(shell("test -t 0 && test -t 1 && test -t 2 && read line && echo \"said $line\""),
                     {.input = "hello\n", .terminal = true});
  EXPECT_TRUE(said.ok()) << said.out;
  EXPECT_THAT(said.out, HasSubstr("said hello"));
  EXPECT_EQ(ended(shell("stty size"), {.terminal = true}).out, "24 80\r\n");
}

TEST(FindProgram, LooksInPathAndWhereServersLie) {
  EXPECT_TRUE(find_program("sh").is_absolute());
  EXPECT_TRUE(find_program("ep-no-such-program").empty());
}

}  // namespace
}  // namespace eulerpublisher::process
