// plan, tags and --dry-run say what would happen and why, and change nothing; what programs read is one JSON
// document; today's names of commands still work.

#include "cli/publishing.h"

namespace eulerpublisher {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using test::Ran;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::vector<std::string> keys_of(const json& object) {
  std::vector<std::string> keys;
  for (const auto& [key, value] : object.items()) keys.push_back(key);
  return keys;
}

class Planning : public Publishing {
 protected:
  void SetUp() override {
    Publishing::SetUp();
    site.put_both();
  }

  // Everything on the machine that could have changed, besides the store's own empty folders.
  std::vector<std::string> files() const {
    std::vector<std::string> all;
    for (const auto& file : fs::recursive_directory_iterator(machine.folder()))
      if (file.is_regular_file()) all.push_back(fs::relative(file.path(), machine.folder()).string());
    std::ranges::sort(all);
    return all;
  }
};

TEST_F(Planning, APlanNamesArchivesTagsAndReasonsAndChangesNothing) {
  auto& registry = start_registry();
  Ran ran = machine.run(words("plan", {registry.address(), oci()}));
  expect_success(ran);
  EXPECT_THAT(ran.out, IsEmpty());
  EXPECT_THAT(ran.err, HasSubstr("openEuler-docker.x86_64.tar.xz"));
  EXPECT_THAT(ran.err, HasSubstr("to be fetched and converted, 1.3 kB to fetch"));
  EXPECT_THAT(ran.err,
              HasSubstr("24.03-lts-sp1: new -> the image to be made  (the own tag of 24.03-LTS-SP1"));
  EXPECT_EQ(test::writes_to(registry), 0u);
  EXPECT_EQ(site.archives_asked(), 0u);
  EXPECT_FALSE(fs::exists(layout()));
  EXPECT_FALSE(fs::exists(machine.state() / "journal.db")) << "a plan was recorded as a release";
}

TEST_F(Planning, ADryRunIsThePlan) {
  auto& registry = start_registry();
  Ran plan = machine.run(words("plan", {registry.address()}));
  Ran dry = publish({registry.address()}, {"--dry-run"});
  expect_success(dry);
  EXPECT_EQ(dry.err, plan.err);
  EXPECT_EQ(test::writes_to(registry), 0u);
}

TEST_F(Planning, ADryRunOfAPushShowsThePreparedImage) {
  expect_success(machine.run(words("prepare", {})));
  Ran ran = machine.run(words("push", {oci()}, {"--dry-run"}));
  expect_success(ran);
  EXPECT_THAT(ran.err, HasSubstr(test::tagged_in_layout(machine.store(), own_tag)->brief()));
  EXPECT_FALSE(fs::exists(layout()));
}

TEST_F(Planning, APlanOfWhatIsPublishedSaysSo) {
  expect_success(publish({oci()}));
  auto before = files();
  Ran ran = machine.run(words("plan", {oci()}));
  expect_success(ran);
  EXPECT_THAT(ran.err, HasSubstr("nothing to do"));
  EXPECT_EQ(files(), before);
}

TEST_F(Planning, APlanAfterPrepareSaysThatNothingIsFetched) {
  expect_success(machine.run(words("prepare", {})));
  Ran ran = machine.run(words("plan", {oci()}));
  EXPECT_THAT(ran.err, HasSubstr("converted already, "));
}

TEST_F(Planning, TheJsonOfAPlanIsOneDocument) {
  Ran ran = machine.run(words("plan", {oci()}, {"--json"}));
  expect_success(ran);
  json plan = json_of(ran);
  EXPECT_THAT(keys_of(plan), testing::UnorderedElementsAre("version", "index", "nothing_to_do", "archives",
                                                           "not_released", "registries"));
  EXPECT_EQ(plan["nothing_to_do"], false);
  EXPECT_THAT(keys_of(plan["archives"][0]), testing::IsSupersetOf({"platform", "url", "sha256", "in_store"}));
  EXPECT_EQ(plan["archives"][0]["bytes_to_fetch"], fs::file_size(site.archive("amd64")));
  EXPECT_EQ(plan["not_released"], json::array({"linux/loong64"}));
  json move = plan["registries"][0]["moves"][0];
  EXPECT_THAT(keys_of(move), testing::UnorderedElementsAre("tag", "from", "to", "because"));
  EXPECT_EQ(move["tag"], own_tag);
  EXPECT_EQ(move["from"], nullptr);
}

TEST_F(Planning, TheReceiptTellsWhoWhatFromWhereAndTheTagsBeforeAndAfter) {
  Ran ran = publish({oci()}, {"--json"});
  expect_success(ran);
  json receipt = json_of(ran);
  EXPECT_THAT(keys_of(receipt), testing::IsSupersetOf({"receipt", "tool", "by", "result", "version", "index",
                                                       "recipe", "digest", "sources", "platforms",
                                                       "registries", "notes", "started", "finished"}));
  EXPECT_EQ(receipt["result"], "published");
  EXPECT_EQ(receipt["sources"].size(), 2u);
  json registry = receipt["registries"][0];
  EXPECT_THAT(keys_of(registry),
              testing::IsSupersetOf({"name", "repository", "state", "blobs_sent", "tags", "findings"}));
  EXPECT_EQ(registry["state"], "done");
  EXPECT_EQ(registry["tags"][0]["to"], receipt["digest"]);
  EXPECT_EQ(registry["tags"][0]["state"], "moved");
}

TEST_F(Planning, EveryCommandsJsonIsOneDocumentAndNothingElse) {
  expect_success(machine.run(words("prepare", {}, {"--json"})));
  for (const Words& command : {words("prepare", {}), words("push", {oci()}), words("publish", {oci()}),
                               words("plan", {oci()}), words("check", {oci()}), words("tags", {})}) {
    Words with_json = command;
    with_json.push_back("--json");
    Ran ran = machine.run(with_json);
    EXPECT_EQ(ran.status, 0) << test::told(ran);
    EXPECT_TRUE(json::accept(ran.out)) << command[1] << test::told(ran);
    EXPECT_TRUE(ran.out.ends_with("\n"));
  }
}

TEST_F(Planning, AFailureLeavesAReceiptWithTheErrorInIt) {
  fs::remove_all(site.archive("amd64").parent_path());
  Ran ran = publish({oci()}, {"--json"});
  expect_failure(ran, 1, "has no amd64");
  json receipt = json_of(ran);
  EXPECT_EQ(receipt["result"], "failed");
  EXPECT_THAT(receipt["error"].get<std::string>(), HasSubstr("has no amd64"));
}

TEST_F(Planning, QuietSaysNothingUnlessSomethingIsWrong) {
  Ran ran = publish({oci()}, {"--quiet"});
  EXPECT_EQ(ran.status, 0);
  EXPECT_EQ(ran.out + ran.err, "");
  Ran wrong = machine.run({"container", "push", "-v", "22.03-LTS", "-g", oci(), "--quiet"});
  EXPECT_EQ(wrong.status, 1);
  EXPECT_EQ(test::count_lines(wrong.err, ""), 1u) << wrong.err;
  EXPECT_EQ(test::error_lines(wrong).size(), 1u);
}

TEST_F(Planning, TodaysNamesAreTheSameCommands) {
  for (const Words& before : {Words{"container", "base"}, Words{"container", "app"}, Words{"container"}}) {
    Words name = before;
    name.insert(name.end(), {"publish", "-v", test::sp1, "--source", site.url(), "-g", oci(before.back())});
    expect_success(machine.run(name));
    EXPECT_TRUE(test::tagged_in_layout(layout(before.back()), own_tag).has_value()) << before.back();
  }
  expect_success(
      machine.run({"container", "publisher", "-v", test::sp1, "--source", site.url(), "-g", oci()}));
}

TEST_F(Planning, TheOptionsOfTodayMeanWhatTheyMeant) {
  expect_success(machine.run({"container", "base", "publish", "-v", "24.03-lts-sp1", "-p", "me/mine", "-g",
                              oci(), "-i", "docker_img", "-a", "x86_64,aarch64", "--source", site.url()}));
  EXPECT_TRUE(test::tagged_in_layout(layout(), own_tag).has_value());
}

TEST_F(Planning, TagsSaysWhichAndWhy) {
  Ran ran = machine.run({"container", "tags", "-v", "22.03-lts-sp1"});
  expect_success(ran);
  EXPECT_THAT(ran.err, HasSubstr("latest"));
  EXPECT_THAT(ran.err, HasSubstr("the policy recommends 22.03-LTS-SP1"));
  json tags = json_of(machine.run({"container", "tags", "-v", "22.03-lts-sp1", "--json"}));
  std::vector<std::string> names;
  for (const json& tag : tags["tags"]) names.push_back(tag["tag"]);
  EXPECT_THAT(names, ElementsAre("22.03-lts-sp1", "22.03", "latest"));
  EXPECT_FALSE(fs::exists(machine.store())) << "tags needs no store";
}

TEST_F(Planning, SpecialTagsOfThePolicyAreSetWithTheVersionsOwn) {
  test::write_text(machine / "policy.yaml", "24.03-LTS-SP1: [latest, 24.03]\n");
  auto& registry = start_registry();
  expect_success(publish({registry.address()}, {"--policy", (machine / "policy.yaml").string()}));
  EXPECT_THAT(test::tags_in(registry), ElementsAre("24.03", own_tag, "latest"));
  EXPECT_EQ(test::tagged_in(registry, "latest"), test::tagged_in(registry, own_tag));
  std::string log = registry.log();
  EXPECT_LT(log.find("PUT /v2/openeuler/openeuler/manifests/24.03-lts-sp1 "),
            log.find("PUT /v2/openeuler/openeuler/manifests/latest "))
      << "latest must come last";
}

TEST_F(Planning, AnUnknownVersionEarnsItsOwnTagOnly) {
  auto& registry = start_registry();
  expect_success(publish({registry.address()}));
  EXPECT_THAT(test::tags_in(registry), ElementsAre(own_tag));
}

}  // namespace
}  // namespace eulerpublisher
