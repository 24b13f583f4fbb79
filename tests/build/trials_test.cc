// Application images are run before anybody sees them, by the checks for all images and by the script that is
// there for each.

#include "build/applications.h"

namespace eulerpublisher {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using test::Ran;
using testing::HasSubstr;
using testing::IsEmpty;

class ScriptOfAnImage : public Applications {
 protected:
  void SetUp() override {
    for (const char* program : {"buildah", "podman", "shunit2"})
      if (!test::have_program(program)) GTEST_SKIP() << "SKIPPED: " << program << " is not installed";
    Applications::SetUp();
    if (IsSkipped()) return;
    write_image("tool",
                "FROM openeuler/openeuler:24.03-lts-sp1\nRUN echo made > /made\nCMD [\"cat\", \"/made\"]\n");
    write("App/tool/meta.yml", app_tag + ":\n  path: 1.0/24.03-lts-sp1/Dockerfile\n  arch: x86_64\n");
    commit();
  }
  static std::string script(const std::string& body) { return "test_it() {\n" + body + "}\n. shunit2\n"; }
  static json check_of(const json& image, const std::string& name) {
    for (const json& receipt : image.value("receipts", json::array()))
      for (const json& registry : receipt.value("registries", json::array()))
        for (const json& check : registry.value("checks", json::array()))
          if (check.value("check", "") == name) return check;
    return json::object();
  }
  std::vector<std::string> tags() { return test::tags_in(*registry, "openeuler/tool"); }
};

TEST_F(ScriptOfAnImage, KeepsItFromBeingSeenWhenItFails) {
  Ran ran = publish("buildah", {"--engine", "podman", "-s", "no_such_test.sh"});
  EXPECT_EQ(ran.status, 2) << test::told(ran);
  EXPECT_THAT(ran.err, HasSubstr("-s no_such_test.sh: there is no such script"));
  EXPECT_FALSE(fs::exists(machine.state() / "builds"));

  // The catalogue's tests have one.
  write("tests/tool_test.sh", script("  assertEquals broken \"$(docker run --rm \"$DOCKER_IMAGE\")\"\n"));
  ran = publish("buildah", {"--engine", "podman"});
  EXPECT_EQ(ran.status, 4) << test::told(ran);
  EXPECT_THAT(ran.err, HasSubstr("tool_test.sh fails with status"));
  EXPECT_THAT(tags(), IsEmpty());
  json image = json_of(ran)["images"][0], found = check_of(image, "scripts");
  EXPECT_EQ(image["state"], "refused");
  EXPECT_EQ(found["outcome"], "found something");
  EXPECT_THAT(found.dump(), HasSubstr("expected:<broken> but was:<made>"));

  // What must be run and cannot be is no pass: a job has no result, and what one has made without running it
  // is not shown.
  fs::path result = machine / "result.json";
  Words job{"container", "build",
            "--meta",    tree.path().string(),
            "--job",     "tool_" + app_tag + "_amd64",
            "-g",        registry->address(),
            "--builder", "podman",
            "--engine",  "none",
            "--result",  result.string()};
  Words required = job, assemble{"container", "assemble",          "--meta", tree.path().string(),
                                 "-g",        registry->address(), "--json", result.string()};
  required.insert(required.end(), {"--require-run", "native"});
  ran = machine.run(required);
  EXPECT_EQ(ran.status, 1) << test::told(ran);
  EXPECT_THAT(ran.err, HasSubstr("could not look: --engine none: nothing is run"));
  EXPECT_FALSE(fs::exists(result));
  ran = machine.run(job);
  EXPECT_EQ(ran.status, 0) << test::told(ran);
  required = assemble;
  required.insert(required.end(), {"--engine", "none", "--require-run", "native"});
  ran = machine.run(required);
  EXPECT_EQ(ran.status, 1) << test::told(ran);
  EXPECT_THAT(ran.err, HasSubstr("--engine none: nothing is run"));
  EXPECT_THAT(tags(), IsEmpty());

  // A person's own folder of scripts comes first.  A script gets none of our logins.
  test::write_text(machine / "tool_test.sh",
                   script("  assertEquals made \"$(docker run --rm \"$DOCKER_IMAGE\")\"\n"
                          "  assertEquals tool \"$DOCKER_PACKAGE\"\n  assertEquals UTC \"$TIME_ZONE\"\n"
                          "  assertEquals " +
                          app_tag + " \"$DOCKER_TAG\"\n  assertNull \"${LOGIN_PASSWORD-}\"\n"));
  machine.environment()["LOGIN_USERNAME"] = "ann";
  machine.environment()["LOGIN_PASSWORD"] = "not for scripts";
  assemble.insert(assemble.end(), {"--engine", "podman", "--scripts", machine.folder().string()});
  ran = machine.run(assemble);
  EXPECT_EQ(ran.status, 0) << test::told(ran);
  image = json_of(ran)["images"][0];
  EXPECT_EQ(image["state"], "published");
  EXPECT_THAT(tags(), testing::UnorderedElementsAre(app_tag, "latest"));
  EXPECT_EQ(check_of(image, "scripts")["outcome"], "passed");
  EXPECT_EQ(check_of(image, "starts")["outcome"], "passed");
  expect_nothing_left();
}

}  // namespace
}  // namespace eulerpublisher
