// `container plan --meta`: what is built, on what, in which order, which tags move; and the jobs of a
// pipeline.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <set>

#include "http/curl_client.h"
#include "registry/remote_repository.h"
#include "support/file_tree.h"
#include "support/machine.h"
#include "support/real_scenes.h"
#include "support/registry_server.h"
#include "support/sample_image.h"

namespace eulerpublisher {
namespace {

using testing::HasSubstr;
using testing::Not;
using Json = nlohmann::json;

class PlanMeta : public testing::Test {
 protected:
  void SetUp() override {
    std::string on = "FROM openeuler/openeuler:24.03-lts\n";
    test::write_tree(
        machine / "c",
        {{"AI/image-list.yml", "images:\n  llm: llm\n  cann: cann\n"},
         {"AI/cann/meta.yml",
          "8.0-oe2403lts: 8.0/24.03-lts/Dockerfile\n8.1-oe2403lts: 8.1/24.03-lts/Dockerfile\n"},
         {"AI/cann/8.0/24.03-lts/Dockerfile", on},
         {"AI/cann/8.1/24.03-lts/Dockerfile", on + "RUN 8.1\n"},
         {"AI/llm/meta.yml",
          "1-oe2403lts:\n  path: 1/24.03-lts/Dockerfile\n  arch: x86_64\n2-oe2403lts: gone/Dockerfile\n"},
         {"AI/llm/1/24.03-lts/Dockerfile", "FROM openeuler/cann:latest\nCOPY --from=quay.io/x/y:1 / /\n"}});
  }
  test::Ran plan(std::vector<std::string> more) {
    std::vector<std::string> words{"container", "plan", "--meta", (machine / "c").string(), "--retries", "0"};
    words.insert(words.end(), more.begin(), more.end());
    return machine.run(words);
  }
  Json json_of(const test::Ran& ran) {
    auto json = Json::parse(ran.out, nullptr, false);
    EXPECT_TRUE(json.is_object()) << test::told(ran);
    return json.is_object() ? json : Json::object();
  }

  test::Machine machine;
};

TEST_F(PlanMeta, TellsOrderBasesAndTagsWhenNoRegistryAnswers) {
  auto ran = plan({"-g", "127.0.0.1:1"});
  EXPECT_EQ(ran.status, 0) << test::told(ran);
  size_t base =
      ran.err.find("cann_8.1-oe2403lts  linux/amd64, linux/arm64  AI/cann/8.1/24.03-lts/Dockerfile");
  size_t dependant = ran.err.find("llm_1-oe2403lts  linux/amd64  AI/llm");
  ASSERT_NE(base, std::string::npos) << ran.err;
  ASSERT_NE(dependant, std::string::npos) << ran.err;
  EXPECT_LT(base, dependant);
  EXPECT_THAT(ran.err, HasSubstr("    on openeuler/cann:latest: built here, as cann_8.1-oe2403lts\n"));
  EXPECT_THAT(ran.err, HasSubstr("    on quay.io/x/y:1\n"));
  EXPECT_THAT(ran.err, HasSubstr("    on openeuler/openeuler:24.03-lts: "));
  EXPECT_THAT(
      ran.err,
      HasSubstr("    tag openeuler/cann:latest  linux/amd64, linux/arm64: of 8.1-oe2403lts because "));
  EXPECT_THAT(ran.err, HasSubstr("llm:2-oe2403lts cannot be published: AI/llm/meta.yml:4: there is no file"));
  EXPECT_THAT(ran.err, HasSubstr("3 builds for 5 platforms, 5 tags; 0 builds not up to date\n"));
}

TEST_F(PlanMeta, TakesOnlyWhatWasNamed) {
  auto json = json_of(plan({"--tag", "cann:8.0-oe2403lts", "--json", "-g", "oci:images"}));
  ASSERT_EQ(json["builds"].size(), 1u);
  EXPECT_EQ(json["latest_stays"]["cann"], "it belongs to 8.1-oe2403lts, which is not published here");
  auto changed =
      json_of(plan({"--changed", "AI/cann/8.1/24.03-lts/Dockerfile", "--json", "-g", "oci:images"}));
  ASSERT_EQ(changed["builds"].size(), 2u);
  EXPECT_EQ(changed["builds"][1]["id"], "llm_1-oe2403lts");
  EXPECT_EQ(changed["builds"][1]["needs"], Json({"cann_8.1-oe2403lts"}));
  auto unknown = plan({"--tag", "8.2"});
  EXPECT_EQ(unknown.status, 2);
  EXPECT_THAT(unknown.err, HasSubstr("--tag: no meta.yml there has the tag '8.2'"));
  auto nothing = machine.run({"container", "plan"});
  EXPECT_EQ(nothing.status, 2);
  EXPECT_THAT(nothing.err, HasSubstr("--meta"));
  EXPECT_EQ(plan({"-v", "24.03-LTS"}).status, 2) << "a release or a catalogue, not both";
}

TEST_F(PlanMeta, PrintsTheJobsOfAPipeline) {
  auto json = json_of(plan({"--matrix", "json"}));
  ASSERT_EQ(json["jobs"].size(), 5u);
  EXPECT_EQ(json["levels"], 2);
  const Json& last = json["jobs"][4];
  EXPECT_EQ(last["id"], "llm_1-oe2403lts_amd64");
  EXPECT_EQ(last["needs"], Json({"cann_8.1-oe2403lts_amd64", "cann_8.1-oe2403lts_arm64"}));
  EXPECT_EQ(last["platform"], "linux/amd64");

  auto github = json_of(plan({"--matrix", "github"}));
  EXPECT_EQ(github["level0"]["include"].size(), 4u);
  EXPECT_EQ(github["level1"]["include"],
            Json::parse(R"([{"architecture":"amd64","jobs":"llm_1-oe2403lts_amd64"}])"));

  auto gitlab = json_of(plan({"--matrix", "gitlab"}));
  const Json& job = gitlab["llm_1-oe2403lts_amd64"];
  EXPECT_EQ(job["extends"], ".eulerpublisher-build");
  EXPECT_EQ(job["tags"], Json({"amd64"}));
  EXPECT_EQ(job["variables"]["EP_JOB"], "llm_1-oe2403lts_amd64");
  EXPECT_EQ(job["needs"][0]["job"], "cann_8.1-oe2403lts_amd64");
  EXPECT_EQ(gitlab["assemble"]["extends"], ".eulerpublisher-assemble");
}

TEST_F(PlanMeta, ResolvesBasesWhereARegistryAnswers) {
  if (!test::have_program("docker-registry")) GTEST_SKIP() << "SKIPPED: docker-registry is not installed";
  auto registry = test::RegistryServer::start({}).value();
  auto ran = plan({"-g", "oci:images", "--base-from", registry->address(), "--json"});
  auto json = json_of(ran);
  EXPECT_EQ(json["builds"][0]["bases"][0]["problem"], registry->address() + "/openeuler does not have it");
  test::SampleImage image;
  http::CurlClient client{{}};
  auto at = std::make_shared<Registry>(client, registry->host(), RegistryOptions{});
  RemoteRepository repository(at, RepositoryName::parse("openeuler/openeuler").value());
  ASSERT_TRUE(test::put_all(repository, {image}, test::tag("24.03-lts")).has_value());
  json = json_of(plan({"-g", "oci:images", "--base-from", registry->address(), "--json"}));
  EXPECT_EQ(json["builds"][0]["bases"][0]["digest"], test::index_of({image}).digest().text());
  EXPECT_EQ(json["builds"][0]["bases"][0]["registry"], registry->address() + "/openeuler");
}

TEST_F(PlanMeta, IsWhatADryRunShowsAndNeedsNoEngineAndChangesNothing) {
  auto names = [&] {
    std::set<std::string> all;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(machine.folder()))
      all.insert(entry.path().string());
    return all;
  };
  std::set<std::string> before = names();
  test::Environment nothing_installed{{"PATH", (machine / "home").string()}};
  std::vector<std::string> words{"--meta", (machine / "c").string(), "-g", "oci:images", "--json"};
  auto call = [&](std::vector<std::string> command) {
    command.insert(command.begin(), "container");
    command.insert(command.end(), words.begin(), words.end());
    return machine.run(command, nothing_installed);
  };
  auto plan = json_of(call({"plan"}));
  auto dry = call({"publish", "--dry-run"});
  EXPECT_EQ(dry.status, 0) << test::told(dry);
  EXPECT_EQ(json_of(dry), plan);
  EXPECT_EQ(plan["tags"][0]["registries"][0]["state"], "absent");
  EXPECT_EQ(plan["rebuild"].size(), 3u);
  auto status = call({"status"});
  EXPECT_EQ(status.status, 0) << test::told(status);
  EXPECT_EQ(json_of(status)["rebuild"], plan["rebuild"]);
  EXPECT_EQ(names(), before);
  auto publish = call({"publish"});
  EXPECT_EQ(publish.status, 1) << test::told(publish);
  EXPECT_THAT(publish.err, HasSubstr("nothing that builds Dockerfiles is installed"));
}

// The jobs of the real scenes keep to what pipelines allow.
TEST_F(PlanMeta, HasRoomForTheRealScenes) {
  test::TempFolder folder;
  if (!test::write_real_scenes(folder.path())) GTEST_SKIP() << "SKIPPED: the real scenes are not at hand";
  auto ran = machine.run({"container", "plan", "--meta", folder.path().string(), "--matrix", "github"});
  auto github = json_of(ran);
  std::set<std::string> ids;
  for (size_t level = 0; level < github["levels"]; ++level) {
    const Json& include = github["level" + std::to_string(level)]["include"];
    EXPECT_LE(include.size(), 256u);
    EXPECT_GE(include.size(), 1u);
    for (const Json& entry : include) ids.insert(entry["jobs"].get<std::string>());
  }
  auto all =
      json_of(machine.run({"container", "plan", "--meta", folder.path().string(), "--matrix", "json"}));
  EXPECT_GT(all["jobs"].size(), 500u);
  EXPECT_LE(github["levels"], 4);
}

}  // namespace
}  // namespace eulerpublisher
