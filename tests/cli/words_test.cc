// What a person can write wrong: the command line and the policy.  Status 2, one sentence, nothing touched.

#include "cli/publishing.h"

namespace eulerpublisher {
namespace {

namespace fs = std::filesystem;
using test::Machine;
using test::Ran;
using testing::HasSubstr;
using testing::IsEmpty;

class Words : public testing::Test {
 protected:
  // A policy file with this text.
  std::string policy(const std::string& text) {
    test::write_text(machine / "policy.yaml", text);
    return (machine / "policy.yaml").string();
  }

  Ran plan_with(const std::string& policy_text) {
    return machine.run({"container", "publish", "-v", test::sp1, "--policy", policy(policy_text), "--source",
                        "http://127.0.0.1:1", "-g", "oci:images"});
  }

  void expect_mistake(const Ran& ran, const std::string& words) {
    EXPECT_EQ(ran.status, 2) << test::told(ran);
    auto errors = test::error_lines(ran);
    ASSERT_EQ(errors.size(), 1u) << test::told(ran);
    EXPECT_THAT(errors[0], HasSubstr(words));
    EXPECT_EQ(test::count_lines(ran.err, ""), 1u) << "more than one line: " << ran.err;
    EXPECT_THAT(ran.out, IsEmpty());
    EXPECT_FALSE(fs::exists(machine / "images"));
  }

  Machine machine;
};

TEST_F(Words, AnUnknownCommandIsNamed) {
  expect_mistake(machine.run({"container", "pubish"}), "pubish");
  expect_mistake(machine.run({"kontainer"}), "kontainer");
}

TEST_F(Words, ACommandWithoutItsCommandSaysWhereHelpIs) {
  expect_mistake(machine.run({}), "eulerpublisher --help");
  expect_mistake(machine.run({"container"}), "eulerpublisher container --help");
}

TEST_F(Words, AnUnknownOptionIsNamed) {
  expect_mistake(machine.run({"container", "tags", "-v", test::sp1, "--frobnicate"}), "--frobnicate");
}

TEST_F(Words, AMissingVersionIsNamed) {
  expect_mistake(machine.run({"container", "publish", "-g", "oci:images"}), "--version");
}

TEST_F(Words, AVersionThatIsNoneIsShownHowToWriteIt) {
  for (const char* version : {"24.3", "latest", "24.03-LTS-SPX", "../../etc", ""})
    expect_mistake(machine.run({"container", "publish", "-v", version, "-g", "oci:images"}), "24.03-LTS-SP1");
}

TEST_F(Words, AnIndexThatIsNoneIsNamed) {
  for (const char* index : {"docker_img/update/2024-13-45", "../secret", "update"})
    expect_mistake(machine.run({"container", "publish", "-v", test::sp1, "-g", "oci:images", "-i", index}),
                   index);
}

TEST_F(Words, ARegistryThatIsNoneIsNamed) {
  for (const char* registry : {"docker io", "http://docker.io", "oci:", "user@host"})
    expect_mistake(machine.run({"container", "publish", "-v", test::sp1, "-g", registry}), registry);
}

TEST_F(Words, ARepositoryNameThatIsNoneIsNamed) {
  for (const char* name : {"openEuler/openEuler", "a//b", "name:tag"})
    expect_mistake(machine.run({"container", "publish", "-v", test::sp1, "-g", "oci:images", "-p", name}),
                   name);
}

TEST_F(Words, AnArchitectureThatIsUnknownIsNamed) {
  expect_mistake(
      machine.run({"container", "publish", "-v", test::sp1, "-g", "oci:images", "-a", "amd64,pdp11"}),
      "pdp11");
  expect_mistake(
      machine.run({"container", "publish", "-v", test::sp1, "-g", "oci:images", "-a", "amd64,x86_64"}),
      "twice");
}

TEST_F(Words, ASourceWithAPasswordIsRefusedWithoutRepeatingIt) {
  Ran ran = machine.run({"container", "publish", "-v", test::sp1, "-g", "oci:images", "--source",
                         "https://me:hunter2@mirror.example/"});
  EXPECT_EQ(ran.status, 2) << test::told(ran);
  EXPECT_THAT(ran.err + ran.out, testing::Not(HasSubstr("hunter2")));
}

TEST_F(Words, AnEmptyPolicyIsAMistake) {
  expect_mistake(plan_with(""), "policy.yaml");
  expect_mistake(plan_with("# nothing\n"), "policy.yaml");
}

TEST_F(Words, APolicyThatIsNotThereIsNamed) {
  expect_mistake(machine.run({"container", "tags", "-v", test::sp1, "--policy", "/nonexistent.yaml"}),
                 "/nonexistent.yaml");
}

TEST_F(Words, ATagThatDoesNotFitTheGrammarIsShownWithLineAndColumn) {
  expect_mistake(plan_with("versions:\n  24.03-LTS-SP1: [la test]\n"), "policy.yaml:2:19");
  expect_mistake(plan_with("24.03-LTS-SP1: [\".hidden\"]\n"), "policy.yaml:1:17");
}

TEST_F(Words, ASpecialTagGivenToTwoVersionsIsAMistake) {
  expect_mistake(plan_with("versions:\n  24.03-LTS-SP1: [latest]\n  24.03-LTS: [latest]\n"), "latest");
}

TEST_F(Words, LatestOnAnUnknownVersionIsAMistake) {
  expect_mistake(plan_with("tags:\n  latest: 25.09\n"), "policy.yaml");
  expect_mistake(plan_with("versions:\n  24.03-LTS-SP1:\ntags:\n  latest: 25.03-LTS\n"), "25.03-LTS");
}

TEST_F(Words, AnUnknownKeyIsShownWithLineAndColumn) {
  expect_mistake(plan_with("registry: docker.io\n"), "policy.yaml:1:1");
}

TEST_F(Words, ATypoInASizeIsNamed) {
  expect_mistake(machine.run({"store", "prune", "--keep", "2GiBB"}), "2GiBB");
}

TEST_F(Words, HelpAtEveryLevelHasAnExampleAndSucceeds) {
  std::vector<std::vector<std::string>> levels{{}, {"container"}, {"store"}, {"store", "prune"}};
  for (const char* command : {"prepare", "check", "push", "publish", "publisher", "plan", "tags", "status"})
    levels.push_back({"container", command});
  for (const char* older : {"base", "app"}) {
    levels.push_back({"container", older});
    levels.push_back({"container", older, "publish"});
  }
  for (auto words : levels) {
    words.push_back("--help");
    Ran ran = machine.run(words);
    EXPECT_EQ(ran.status, 0) << test::told(ran);
    EXPECT_THAT(ran.out, HasSubstr("Example: eulerpublisher ")) << testing::PrintToString(words);
    EXPECT_THAT(ran.err, IsEmpty());
  }
}

TEST_F(Words, TheVersionOfTheProgramIsTold) {
  Ran ran = machine.run({"--version"});
  EXPECT_EQ(ran.status, 0);
  EXPECT_THAT(ran.out, testing::StartsWith("eulerpublisher "));
}

}  // namespace
}  // namespace eulerpublisher
