// Tags only move forward: what a person may lift, and only a person.

#include "cli/publishing.h"

namespace eulerpublisher {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using test::Ran;
using testing::HasSubstr;

class Refusals : public Publishing {
 protected:
  size_t platforms_in(const test::RegistryServer& registry) {
    auto digest = test::tagged_in(registry, own_tag);
    if (!digest) return 0;
    return json::parse(*test::storage_reader(registry)(*digest))["manifests"].size();
  }
};

TEST_F(Refusals, FewerArchitecturesThanTheRegistryHasAreRefusedUnlessAllowed) {
  site.put_both();
  auto& registry = start_registry();
  expect_success(publish({registry.address()}));
  size_t archives = site.archives_asked();
  site.put_true("amd64", test::sp1, "docker_img", "2024-07-01T10:00:00Z");
  Ran ran = publish({registry.address()}, {"-a", "amd64"});
  expect_failure(ran, 1, "--allow-fewer-platforms");
  EXPECT_THAT(ran.err, HasSubstr("arm64"));
  EXPECT_EQ(site.archives_asked(), archives) << "fetched before the refusal";
  EXPECT_EQ(platforms_in(registry), 2u);
  expect_success(publish({registry.address()}, {"-a", "amd64", "--allow-fewer-platforms"}));
  EXPECT_EQ(platforms_in(registry), 1u);
}

TEST_F(Refusals, Loong64ThatWasThereAndIsNowNotReleasedIsRefused) {
  site.put_both();
  site.put_true("loong64");
  auto& registry = start_registry();
  expect_success(publish({registry.address()}));
  EXPECT_EQ(platforms_in(registry), 3u);
  fs::remove_all(site.archive("loong64").parent_path());
  site.put_both(test::sp1, "docker_img", "2024-07-01T10:00:00Z");
  expect_failure(publish({registry.address()}), 1, "loong64");
  EXPECT_EQ(platforms_in(registry), 3u);
}

TEST_F(Refusals, AnOlderFirstReleaseNeverReplacesANewerUpdate) {
  site.put_both(test::sp1, "docker_img", "2024-06-01T10:00:00Z");
  site.put_both(test::sp1, "docker_img/update/2024-09-01", "2024-09-01T10:00:00Z");
  auto& registry = start_registry();
  expect_success(publish({registry.address()}, {"-i", "docker_img/update/2024-09-01"}));
  auto newer = test::tagged_in(registry, own_tag);
  size_t archives = site.archives_asked();
  expect_failure(publish({registry.address()}), 1, "--allow-older");
  EXPECT_EQ(test::tagged_in(registry, own_tag), newer);
  EXPECT_EQ(site.archives_asked(), archives) << "fetched before the refusal";
  expect_success(publish({registry.address()}, {"--allow-older"}));
  EXPECT_NE(test::tagged_in(registry, own_tag), newer);
}

TEST_F(Refusals, AnArchiveThatTurnsOutOlderThanWhatIsPublishedIsRefusedWhenThatIsKnown) {
  site.put_both(test::sp1, "docker_img", "2024-09-01T10:00:00Z");
  auto& registry = start_registry();
  expect_success(publish({registry.address()}));
  auto newer = test::tagged_in(registry, own_tag);
  site.put_both(test::sp1, "docker_img", "2024-06-01T10:00:00Z");
  expect_failure(publish({registry.address()}), 1, "--allow-older");
  EXPECT_EQ(test::tagged_in(registry, own_tag), newer);
}

TEST_F(Refusals, LatestIsNotTakenFromANewerVersion) {
  site.put_both("24.03-LTS-SP2");
  site.put_both();
  test::write_text(machine / "newer.yaml", "24.03-LTS-SP2: [latest]\n");
  test::write_text(machine / "older.yaml", "24.03-LTS-SP1: [latest]\n");
  auto& registry = start_registry();
  expect_success(machine.run({"container", "publish", "-v", "24.03-LTS-SP2", "--source", site.url(), "-g",
                              registry.address(), "--policy", (machine / "newer.yaml").string()}));
  auto latest = test::tagged_in(registry, "latest");
  expect_failure(publish({registry.address()}, {"--policy", (machine / "older.yaml").string()}), 1, "latest");
  EXPECT_EQ(test::tagged_in(registry, "latest"), latest);
  EXPECT_EQ(test::tagged_in(registry, own_tag), std::nullopt) << "half of the tags moved";
}

TEST_F(Refusals, ANewerUpdateReplacesTheFirstReleaseWithoutAsking) {
  site.put_both(test::sp1, "docker_img", "2024-06-01T10:00:00Z");
  site.put_both(test::sp1, "docker_img/update/2024-09-01", "2024-09-01T10:00:00Z");
  auto& registry = start_registry();
  expect_success(publish({registry.address()}));
  auto older = test::tagged_in(registry, own_tag);
  Ran ran = publish({registry.address()}, {"-i", "docker_img/update/2024-09-01"});
  expect_success(ran);
  EXPECT_NE(test::tagged_in(registry, own_tag), older);
}

TEST_F(Refusals, APlanShowsTheRefusal) {
  site.put_both();
  auto& registry = start_registry();
  expect_success(publish({registry.address()}));
  Ran ran = machine.run(words("plan", {registry.address()}, {"-a", "amd64", "--json"}));
  ASSERT_EQ(ran.status, 0) << test::told(ran);
  EXPECT_THAT(json_of(ran)["registries"][0]["refused"][0]["because"].get<std::string>(),
              HasSubstr("--allow-fewer-platforms"));
}

}  // namespace
}  // namespace eulerpublisher
