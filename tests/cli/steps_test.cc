// prepare, check, push and publish, one after another: nothing is fetched, converted or sent twice.

#include "cli/publishing.h"

namespace eulerpublisher {
namespace {

namespace fs = std::filesystem;
using test::Ran;
using testing::HasSubstr;
using testing::IsEmpty;

class Steps : public Publishing {
 protected:
  void SetUp() override {
    Publishing::SetUp();
    site.put_both();
  }
};

TEST_F(Steps, PrepareThenCheckThenPushThenPublishFetchesEachArchiveOnce) {
  auto& registry = start_registry();
  expect_success(machine.run(words("prepare", {})));
  EXPECT_EQ(site.archives_asked(), 2u);
  EXPECT_THAT(test::broken_layout_rules(machine.store()), IsEmpty());
  expect_success(machine.run({"container", "check", "-v", test::sp1}));
  expect_success(machine.run(words("push", {registry.address()})));
  EXPECT_EQ(test::tagged_in(registry, own_tag), test::tagged_in_layout(machine.store(), own_tag));
  size_t writes = test::writes_to(registry);
  Ran again = publish({registry.address()}, {"--json"});
  expect_success(again);
  EXPECT_EQ(json_of(again)["result"], "nothing to do");
  EXPECT_EQ(site.archives_asked(), 2u) << site.log();
  EXPECT_EQ(test::writes_to(registry), writes);
}

TEST_F(Steps, PushDoesNotLookAtTheReleaseRepository) {
  expect_success(machine.run(words("prepare", {})));
  size_t requests = test::count_lines(site.log(), "GET");
  expect_success(machine.run(words("push", {oci()})));
  EXPECT_EQ(test::count_lines(site.log(), "GET"), requests);
  EXPECT_THAT(test::broken_layout_rules(layout()), IsEmpty());
}

TEST_F(Steps, PublishAfterPrepareConvertsNothing) {
  expect_success(machine.run(words("prepare", {})));
  Ran ran = publish({oci()});
  expect_success(ran);
  EXPECT_EQ(site.archives_asked(), 2u);
  EXPECT_THAT(ran.err, testing::Not(HasSubstr("amd64 image")));
}

TEST_F(Steps, PushWithoutPrepareSaysWhatToDo) {
  auto& registry = start_registry();
  Ran ran = machine.run(words("push", {registry.address(), oci()}));
  expect_failure(ran, 1, "run `eulerpublisher container prepare -v 24.03-LTS-SP1` first");
  EXPECT_EQ(test::writes_to(registry), 0u);
  EXPECT_FALSE(fs::exists(layout()));
}

TEST_F(Steps, CheckWithoutPrepareSaysWhatToDo) {
  expect_failure(machine.run({"container", "check", "-v", test::sp1}), 1,
                 "container prepare -v 24.03-LTS-SP1");
}

TEST_F(Steps, ASecondPublishFetchesAndSendsNothing) {
  auto& registry = start_registry();
  expect_success(publish({registry.address(), oci()}));
  size_t writes = test::writes_to(registry), requests = test::count_lines(site.log(), "GET");
  Ran again = publish({registry.address(), oci()}, {"--json"});
  expect_success(again);
  EXPECT_EQ(json_of(again)["result"], "nothing to do");
  EXPECT_EQ(test::writes_to(registry), writes);
  EXPECT_EQ(site.archives_asked(), 2u);
  EXPECT_LE(test::count_lines(site.log(), "GET") - requests, 3u)
      << "more than three checksum files: " << site.log();
}

TEST_F(Steps, AnEmptyMachineAndAPublishedRegistryFetchNothing) {
  auto& registry = start_registry();
  expect_success(publish({registry.address()}));
  test::Machine other;
  Ran again = other.run(words("publish", {registry.address()}, {"--json"}));
  expect_success(again);
  EXPECT_EQ(json_of(again)["result"], "nothing to do");
  EXPECT_EQ(site.archives_asked(), 2u);
}

TEST_F(Steps, AnEmptyMachineBorrowsFromTheRegistryThatHasTheImage) {
  auto &first = start_registry(), &second = start_registry();
  expect_success(publish({first.address()}));
  test::Machine other;
  Ran ran = other.run(words("publish", {first.address(), second.address()}, {"--json"}));
  expect_success(ran);
  EXPECT_EQ(site.archives_asked(), 2u) << "fetched again: " << site.log();
  EXPECT_EQ(test::tagged_in(second, own_tag), test::tagged_in(first, own_tag));
  EXPECT_THAT(test::broken_rules(*test::tagged_in(second, own_tag), test::storage_reader(second)), IsEmpty());
}

TEST_F(Steps, OneChangedArchitectureIsTheOnlyOneFetchedAndSent) {
  auto& registry = start_registry();
  expect_success(publish({registry.address()}));
  site.put_true("amd64", test::sp1, "docker_img", "2024-07-01T10:00:00Z");
  Ran ran = publish({registry.address()}, {"--json"});
  expect_success(ran);
  EXPECT_EQ(site.asked("x86_64.tar.xz HTTP"), 2u);
  EXPECT_EQ(site.asked("aarch64.tar.xz HTTP"), 1u);
  EXPECT_EQ(json_of(ran)["registries"][0]["blobs_sent"], 3) << "two layers and a configuration: " << ran.out;
  EXPECT_EQ(json_of(ran)["registries"][0]["blobs_there"], 3) << ran.out;
  EXPECT_THAT(test::broken_rules(*test::tagged_in(registry, own_tag), test::storage_reader(registry)),
              IsEmpty());
}

TEST_F(Steps, OneChangedArchitectureOnAnEmptyMachineTakesTheOtherFromTheRegistry) {
  auto& registry = start_registry();
  expect_success(publish({registry.address()}));
  site.put_true("amd64", test::sp1, "docker_img", "2024-07-01T10:00:00Z");
  test::Machine other;
  expect_success(other.run(words("publish", {registry.address()})));
  EXPECT_EQ(site.asked("aarch64.tar.xz HTTP"), 1u) << site.log();
  EXPECT_THAT(test::broken_rules(*test::tagged_in(registry, own_tag), test::storage_reader(registry)),
              IsEmpty());
}

TEST_F(Steps, AStoreThatLostALayerMakesItAgain) {
  expect_success(machine.run(words("prepare", {})));
  fs::remove_all(machine.store() / "blobs");
  fs::create_directories(machine.store() / "blobs/sha256");
  expect_success(publish({oci()}));
  EXPECT_THAT(test::broken_layout_rules(layout()), IsEmpty());
}

TEST_F(Steps, AReleaseInAFolderNeedsNoServer) {
  Ran ran = machine.run(
      {"container", "publish", "-v", "24.03-lts-sp1", "-g", oci(), "--source", site.folder().string()});
  expect_success(ran);
  EXPECT_EQ(test::count_lines(site.log(), "GET"), 0u);
  EXPECT_THAT(test::broken_layout_rules(layout()), IsEmpty());
}

TEST_F(Steps, TheFirstSourceThatHasTheVersionServes) {
  test::TempFolder nothing;
  Ran ran = machine.run({"container", "publish", "-v", test::sp1, "-g", oci(), "--source",
                         nothing.path().string(), "--source", site.url()});
  expect_success(ran);
  EXPECT_EQ(site.archives_asked(), 2u);
}

}  // namespace
}  // namespace eulerpublisher
