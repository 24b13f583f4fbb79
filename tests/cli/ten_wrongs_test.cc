// What the Python tool does wrong, one by one, and that ours is right.

#include "cli/publishing.h"

namespace eulerpublisher {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using test::ArchiveRecipe;
using test::Ran;
using testing::HasSubstr;
using testing::IsEmpty;

class TenWrongs : public Publishing {
 protected:
  static json parsed(const test::BlobReader& read, const std::string& digest) {
    return json::parse(*read(Digest::parse(digest).value()));
  }
};

// 1. A missing architecture was a warning; `latest` has been published for arm64 alone.
TEST_F(TenWrongs, AMissingArchitectureIsAnErrorAndLatestStaysWhereItWas) {
  test::write_text(machine / "policy.yaml", "24.03-LTS-SP1: [latest]\n");
  std::string policy = (machine / "policy.yaml").string();
  site.put_both();
  auto& registry = start_registry();
  expect_success(publish({registry.address()}, {"--policy", policy}));
  auto latest = test::tagged_in(registry, "latest");
  site.put_true("arm64", test::sp1, "docker_img", "2024-07-01T10:00:00Z");
  fs::remove_all(site.archive("amd64").parent_path());
  expect_failure(publish({registry.address()}, {"--policy", policy}), 1, "has no amd64");
  EXPECT_EQ(test::tagged_in(registry, "latest"), latest);
}

// 2. It published first and tested afterwards, and tested Docker Hub whatever had been pushed.
TEST_F(TenWrongs, WhatIsCheckedIsWhatWasPushedAndBeforeAnyTagMoves) {
  site.put_both();
  auto& registry = start_registry();
  expect_success(publish({registry.address()}));
  std::string log = registry.log();
  size_t staged = log.find("\"PUT /v2/openeuler/openeuler/manifests/sha256:");
  size_t read_back = log.find("\"GET /v2/openeuler/openeuler/manifests/sha256:", staged);
  size_t tagged = log.find("\"PUT /v2/openeuler/openeuler/manifests/24.03-lts-sp1");
  ASSERT_NE(tagged, log.npos);
  EXPECT_LT(staged, read_back);
  EXPECT_LT(read_back, tagged);
  Ran check = machine.run(words("check", {registry.address()}, {"--json"}));
  expect_success(check);
  EXPECT_THAT(check.out, HasSubstr(registry.address() + "/openeuler/openeuler"));
}

// 3. `prepare` and then `push`, the documented way, could not work.
TEST_F(TenWrongs, PrepareAndThenPushWorksAlsoWhenOtherCommandsRunBetween) {
  site.put_both();
  site.put_both("24.03-LTS");
  expect_success(machine.run(words("prepare", {})));
  expect_success(machine.run({"container", "prepare", "-v", "24.03-LTS", "--source", site.url()}));
  auto& registry = start_registry();
  expect_success(machine.run(words("push", {registry.address()})));
  EXPECT_THAT(test::broken_rules(*test::tagged_in(registry, own_tag), test::storage_reader(registry)),
              IsEmpty());
}

// 4. Success was reported after failures.
TEST_F(TenWrongs, AFailureIsNeverReportedAsSuccess) {
  site.put_both();
  auto& closed = start_registry({.read_only = true});
  Ran ran = publish({closed.address()}, {"--json"});
  EXPECT_EQ(ran.status, 1) << test::told(ran);
  EXPECT_EQ(json_of(ran)["result"], "failed");
  Ran nothing = machine.run({"container", "check", "-v", test::sp1, "-g", closed.address()});
  EXPECT_EQ(nothing.status, 1) << test::told(nothing);
}

// 5. Nothing was recorded, and a failure between two registries left them different (several_registries_test
// tries that).
TEST_F(TenWrongs, WhatWasDoneIsRecordedWithDigestAndOrder) {
  site.put_both();
  Ran ran = publish({oci()}, {"--json"});
  expect_success(ran);
  EXPECT_TRUE(fs::exists(machine.state() / "journal.db"));
  EXPECT_FALSE(json_of(ran)["receipt"].get<std::string>().empty());
  EXPECT_EQ(json_of(ran)["digest"], test::tagged_in_layout(layout(), own_tag)->text());
}

// 6. Of two layers one was dropped; an OCI layout had no root file system at all.  Both "succeeded".
TEST_F(TenWrongs, BothOfTwoLayersAreThere) {
  for (const char* architecture : {"amd64", "arm64"}) {
    ArchiveRecipe recipe = test::small_archive(test::platform_of(architecture));
    recipe.layers.push_back({{.path = "./etc/second", .content = "of the second layer"}});
    site.put(architecture, make_archive(recipe));
  }
  expect_success(publish({oci()}));
  auto read = test::layout_reader(layout());
  json index = parsed(read, test::tagged_in_layout(layout(), own_tag)->text());
  json manifest = parsed(read, index["manifests"][0]["digest"]);
  ASSERT_EQ(manifest["layers"].size(), 3u);
  std::string second =
      test::uncompressed(*read(Digest::parse(manifest["layers"][1]["digest"].get<std::string>()).value()));
  EXPECT_EQ(test::file_of_tar(second, "etc/second"), "of the second layer");
  EXPECT_THAT(test::broken_layout_rules(layout()), IsEmpty());
}

TEST_F(TenWrongs, EveryFormOfDockersArchivesHasItsRootFileSystem) {
  for (auto form : {ArchiveRecipe::Form::docker_save, ArchiveRecipe::Form::docker_save_25}) {
    std::string name = form == ArchiveRecipe::Form::docker_save ? "old" : "new";
    for (const char* architecture : {"amd64", "arm64"}) {
      ArchiveRecipe recipe = test::small_archive(test::platform_of(architecture));
      recipe.form = form;
      site.put(architecture, make_archive(recipe));
    }
    expect_success(publish({oci(name)}));
    auto read = test::layout_reader(layout(name));
    json index = parsed(read, test::tagged_in_layout(layout(name), own_tag)->text());
    json manifest = parsed(read, index["manifests"][0]["digest"]);
    std::string first =
        test::uncompressed(*read(Digest::parse(manifest["layers"][0]["digest"].get<std::string>()).value()));
    EXPECT_THAT(test::file_of_tar(first, "usr/lib/os-release").value_or(""), HasSubstr("24.03 (LTS-SP1)"))
        << name;
    EXPECT_THAT(test::broken_layout_rules(layout(name)), IsEmpty()) << name;
  }
}

// 7. The root file system was compressed with xz again, only to be unpacked by the next step.
TEST_F(TenWrongs, NothingIsCompressedAgainBetweenTheSteps) {
  site.put_both();
  expect_success(machine.run(words("prepare", {})));
  for (const auto& file : fs::recursive_directory_iterator(machine.store())) {
    if (!file.is_regular_file() || file.path().extension() != ".xz") continue;
    std::string bytes = test::read_text(file.path());
    bool released =
        bytes == test::read_text(site.archive("amd64")) || bytes == test::read_text(site.archive("arm64"));
    EXPECT_TRUE(released) << file.path();
  }
  Ran push = machine.run(words("push", {oci()}));
  expect_success(push);
  EXPECT_THAT(push.err, testing::Not(HasSubstr("image: started")));
}

// 8. A 404 was asked ten times, five seconds apart; so was a wrong password.
TEST_F(TenWrongs, WhatCannotGetBetterIsAskedOnce) {
  expect_failure(publish({oci()}), 1, "404");
  EXPECT_EQ(site.asked("aarch64.tar.xz.sha256sum"), 1u);
  site.put_both();
  if (!test::have_program("htpasswd")) return;
  auto& locked = start_registry({.basic = {{"publisher", "right"}}});
  Ran ran = machine.run(words("publish", {locked.address()}),
                        {{"LOGIN_USERNAME", "publisher"}, {"LOGIN_PASSWORD", "wrong"}});
  expect_failure(ran, 1, locked.address());
  EXPECT_LE(test::count_lines(locked.log(), " 401 "), 4u) << locked.log();
  EXPECT_THAT(ran.err, testing::Not(HasSubstr("trying again")));
}

// 9. An older first release could overwrite a newer update under the same tag.
TEST_F(TenWrongs, AnOlderFirstReleaseDoesNotOverwriteANewerUpdateEvenFromAnEmptyMachine) {
  site.put_both(test::sp1, "docker_img", "2024-06-01T10:00:00Z");
  site.put_both(test::sp1, "docker_img/update/2024-09-01", "2024-09-01T10:00:00Z");
  auto& registry = start_registry();
  expect_success(publish({registry.address()}, {"-i", "docker_img/update/2024-09-01"}));
  auto newer = test::tagged_in(registry, own_tag);
  test::Machine other;
  expect_failure(other.run(words("publish", {registry.address()})), 1, "--allow-older");
  EXPECT_EQ(test::tagged_in(registry, own_tag), newer);
}

// 10. It compared clocks instead of content, and stopped at the first thing that failed.
TEST_F(TenWrongs, ContentCountsAndNotTheClock) {
  site.put_both();
  auto& registry = start_registry();
  expect_success(publish({registry.address()}));
  size_t archives = site.archives_asked();
  for (const char* architecture : {"amd64", "arm64"})
    fs::last_write_time(site.archive(architecture),
                        fs::file_time_type::clock::now() + std::chrono::hours(48));
  EXPECT_EQ(json_of(publish({registry.address()}, {"--json"}))["result"], "nothing to do");
  // A second release on the same day overwrites the files in place, with an older time even.
  site.put_both(test::sp1, "docker_img", "2024-06-01T22:00:00Z");
  for (const char* architecture : {"amd64", "arm64"})
    fs::last_write_time(site.archive(architecture),
                        fs::file_time_type::clock::now() - std::chrono::hours(4800));
  EXPECT_EQ(json_of(publish({registry.address()}, {"--json"}))["result"], "published");
  EXPECT_EQ(site.archives_asked(), archives + 2);
}

TEST_F(TenWrongs, StatusGoesOnWhenOneRegistryDoesNotAnswer) {
  site.put_both("22.03-LTS-SP1");
  auto& registry = start_registry();
  expect_success(machine.run(
      {"container", "publish", "-v", "22.03-LTS-SP1", "--source", site.url(), "-g", registry.address()}));
  std::string down = fmt::format("127.0.0.1:{}", test::free_port());
  Ran ran =
      machine.run({"container", "status", "-g", down, "-g", registry.address(), "--retries", "0", "--json"});
  EXPECT_EQ(ran.status, 1) << test::told(ran);
  json status = json_of(ran);
  EXPECT_EQ(status["problems"][0]["registry"], down);
  for (const json& version : status["versions"])
    if (version["version"] == "22.03-LTS-SP1") {
      EXPECT_EQ(version["registries"][1]["state"], "published") << ran.out;
    }
}

}  // namespace
}  // namespace eulerpublisher
