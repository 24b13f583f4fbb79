// What checks look at without running anything: before a publish moves a tag, in any image, and between two.

#include "cli/publishing.h"
#include "support/checked_image.h"

namespace eulerpublisher {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using test::MadeFiles;
using test::Ran;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

class Checks : public Publishing {
 protected:
  // A release of both architectures; `more` lies in the root file system of arm64.
  void put(const MadeFiles& more, const std::string& index = "docker_img",
           const std::string& created = "2024-06-01T10:00:00Z") {
    for (const char* architecture : {"amd64", "arm64"}) {
      Platform platform = test::platform_of(architecture);
      test::ArchiveRecipe recipe = test::small_archive(platform);
      recipe.created = created;
      recipe.layers = {test::clean_root(platform)};
      if (platform.architecture == "arm64")
        recipe.layers[0].insert(recipe.layers[0].end(), more.begin(), more.end());
      site.put(architecture, test::make_archive(recipe), test::sp1, index);
    }
  }

  static json checks_in(const json& receipt) { return receipt["registries"][0]["checks"]; }

  static json of(const json& checks, const std::string& name) {
    for (const json& check : checks)
      if (check["check"] == name) return check;
    ADD_FAILURE() << "there is no check " << name;
    return {};
  }

  // The layers' digests of an image in a layout.
  static std::vector<std::string> layers_in(const fs::path& folder, const Digest& top) {
    auto read = test::layout_reader(folder);
    std::vector<std::string> layers;
    json index = json::parse(read(top).value());
    for (const json& child : index["manifests"]) {
      json manifest = json::parse(read(Digest::parse(child["digest"].get<std::string>()).value()).value());
      for (const json& layer : manifest["layers"]) layers.push_back(layer["digest"]);
    }
    return layers;
  }
};

TEST_F(Checks, ABlockerLeavesEveryTagWhereItWasAndStandsInTheReceipt) {
  auto& registry = start_registry();
  put({});
  expect_success(publish({registry.address(), oci()}));
  auto before = test::tagged_in(registry, own_tag);
  ASSERT_TRUE(before.has_value());
  put({{.path = "./etc/shadow-", .content = "root:$6$salt$hash:1::::::\n"}}, "docker_img/update/2024-07-01",
      "2024-07-01T10:00:00Z");
  Ran ran = publish({registry.address(), oci()}, {"-i", "docker_img/update/2024-07-01", "--json"});
  EXPECT_EQ(ran.status, 4) << test::told(ran);
  EXPECT_EQ(test::tagged_in(registry, own_tag), before);
  EXPECT_EQ(test::tagged_in_layout(layout(), own_tag), before);
  json receipt = json_of(ran);
  EXPECT_EQ(receipt["result"], "refused");
  for (const json& destination : receipt["registries"]) {
    json accounts = of(destination["checks"], "accounts");
    EXPECT_EQ(accounts["outcome"], "found something");
    EXPECT_EQ(accounts["findings"][0]["where"], "linux/arm64");
    EXPECT_EQ(accounts["findings"][0]["text"], "/etc/shadow- holds a hash of the password of root");
  }
  Ran history = machine.run({"container", "history", receipt["receipt"].get<std::string>(), "--json"});
  EXPECT_THAT(history.out, HasSubstr("/etc/shadow- holds a hash"));
}

TEST_F(Checks, ThePolicyDecidesHowSevereAFindingIs) {
  put({{.path = "./usr/bin/mine", .content = "x", .mode = 04755}});
  EXPECT_EQ(publish({oci()}).status, 4);
  test::write_text(machine / "policy.yaml",
                   "checks: {privileges: {severity: warning}}\nversions: [24.03-LTS-SP1]\n");
  Ran ran = publish({oci()}, {"--policy", (machine / "policy.yaml").string()});
  expect_success(ran);
  EXPECT_THAT(ran.err, HasSubstr("warning: privileges: linux/arm64: /usr/bin/mine has setuid"));
}

TEST_F(Checks, AnUpdateIsComparedWithWhatItsTagNamedBefore) {
  auto& registry = start_registry();
  put({});
  expect_success(publish({registry.address()}));
  MadeFiles many;
  for (int i = 0; i < 20; ++i)
    many.push_back(
        {.path = "./opt/" + std::to_string(i), .content = std::string(5000, static_cast<char>('a' + i))});
  put(many, "docker_img/update/2024-07-01", "2024-07-01T10:00:00Z");
  Ran ran = publish({registry.address()}, {"-i", "docker_img/update/2024-07-01", "--json"});
  expect_success(ran);
  json growth = of(checks_in(json_of(ran)), "size-growth");
  EXPECT_EQ(growth["outcome"], "found something") << growth;
  EXPECT_THAT(growth.dump(), HasSubstr("it has"));
}

TEST_F(Checks, ListExplainsEveryCheck) {
  Ran ran = machine.run({"container", "check", "--list", "--json"});
  expect_success(ran);
  json list = json::parse(ran.out);
  EXPECT_GT(list.size(), 30u);
  for (const json& check : list) EXPECT_FALSE(check["reason"].get<std::string>().empty());
  Ran shown = machine.run({"container", "check", "--list"});
  for (const json& check : list) EXPECT_THAT(shown.err, HasSubstr(check["check"].get<std::string>()));
}

TEST_F(Checks, AnyImageIsCheckedByItsTagOrDigestAndEachLayerReadOnce) {
  auto& registry = start_registry();
  put({});
  expect_success(publish({registry.address(), oci()}));
  Digest top = test::tagged_in(registry, own_tag).value();
  for (const std::string& reference : {own_tag, top.text()}) {
    size_t before = registry.log().size();
    Ran ran = machine.run({"container", "check", "-g", registry.address(), "-t", reference});
    expect_success(ran);
    EXPECT_THAT(ran.err, HasSubstr("not run"));
    std::string log = registry.log().substr(before);
    for (const std::string& layer : layers_in(layout(), top))
      EXPECT_EQ(test::count_lines(log, "GET /v2/openeuler/openeuler/blobs/" + layer), 1u) << layer;
  }
  expect_failure(machine.run({"container", "check", "-g", registry.address(), "-t", "gone"}), 1,
                 "has no tag gone");
  expect_failure(machine.run({"container", "check", "-g", registry.address(), "-t", "sha256:12"}), 2,
                 "--tag");
}

TEST_F(Checks, DiffTellsWhatBecameDifferent) {
  auto& registry = start_registry();
  put({});
  expect_success(publish({registry.address()}));
  put({{.path = "./opt/new", .content = std::string(3000, 'x')}}, "docker_img/update/2024-07-01",
      "2024-07-01T10:00:00Z");
  expect_success(publish({oci()}, {"-i", "docker_img/update/2024-07-01"}));
  std::string old = registry.address() + "/openeuler/openeuler:" + own_tag;
  Ran ran = machine.run({"container", "check", "--diff", old, oci() + ":" + own_tag, "--json"});
  expect_success(ran);
  json difference = json_of(ran);
  ASSERT_EQ(difference["platforms"].size(), 2u);
  json arm = difference["platforms"][1];
  EXPECT_EQ(arm["platform"], "linux/arm64");
  EXPECT_EQ(arm["file_bytes"]["after"].get<int>() - arm["file_bytes"]["before"].get<int>(), 3000);
  EXPECT_THAT(arm["file_changes"].dump(), HasSubstr(R"({"change":"added","file":"/opt/new","what":null})"));
  Ran shown = machine.run({"container", "check", "--diff", old, oci() + ":" + own_tag});
  expect_success(shown);
  EXPECT_THAT(shown.err, HasSubstr("/opt/new"));
  expect_failure(machine.run({"container", "check", "--diff", old, "A/B"}), 2, "the image A/B");
  expect_failure(machine.run({"container", "check", "--diff", old, oci() + ":gone"}), 1, "has no tag gone");
}

}  // namespace
}  // namespace eulerpublisher
