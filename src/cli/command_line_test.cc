#include "cli/command_line.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>

namespace eulerpublisher::cli {
namespace {

using testing::ElementsAre;

// The words behind the program's name.
Options parse(std::vector<const char*> words) {
  words.insert(words.begin(), "eulerpublisher");
  CommandLine line;
  CommandLine::Answer instead;
  auto parsed = line.parse(static_cast<int>(words.size()), words.data(), instead);
  EXPECT_TRUE(parsed.has_value()) << instead.text;
  return parsed ? parsed->options : Options{};
}

struct Variable {
  Variable(const char* name, const char* value) : name(name) { setenv(name, value, 1); }
  ~Variable() { unsetenv(name); }
  const char* name;
};

// All commands share one set of options, and those that nobody typed know the variables too.
TEST(CommandLine, AnOptionOverridesItsVariableInEveryCommand) {
  Variable store("EULERPUBLISHER_STORE", "/of/the/environment");
  Variable registry("EULERPUBLISHER_REGISTRY", "quay.io");
  Variable engine("EULERPUBLISHER_ENGINE", "docker");
  for (const char* command : {"prepare", "check", "push", "publish", "plan"})
    EXPECT_EQ(parse({"container", command, "-v", "24.03-LTS", "--store", "/named"}).store, "/named")
        << command;
  for (const char* command : {"check", "push", "publish"})
    EXPECT_EQ(parse({"container", command, "-v", "24.03-LTS", "--engine", "none"}).engine, "none") << command;
  EXPECT_THAT(parse({"container", "check", "-v", "24.03-LTS", "-g", "docker.io"}).registries,
              ElementsAre("docker.io"));
}

TEST(CommandLine, AVariableStandsInForTheOptionThatIsLeftOut) {
  Variable store("EULERPUBLISHER_STORE", "/of/the/environment");
  EXPECT_EQ(parse({"container", "prepare", "-v", "24.03-LTS"}).store, "/of/the/environment");
}

}  // namespace
}  // namespace eulerpublisher::cli
