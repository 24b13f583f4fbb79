// Archives that are not what they claim: exit status 5, one sentence, and nothing of it can be seen anywhere.

#include "cli/publishing.h"

namespace eulerpublisher {
namespace {

namespace fs = std::filesystem;
using test::ArchiveRecipe;
using test::MadeFiles;
using test::platform_of;
using test::Ran;
using test::small_archive;
using testing::HasSubstr;
using testing::IsEmpty;

class BadArchive : public Publishing {
 protected:
  void SetUp() override {
    Publishing::SetUp();
    site.put_true("arm64");
  }

  // amd64 is this archive; its checksum file agrees with it.
  void put(const ArchiveRecipe& recipe) { site.put("amd64", make_archive(recipe)); }
  static ArchiveRecipe amd64() { return small_archive(platform_of("amd64")); }

  // Publishes into a registry and a folder.
  void expect_refused(const std::string& words, int status = 5) {
    auto& registry = start_registry();
    Ran ran = publish({registry.address(), oci()});
    expect_failure(ran, status, words);
    EXPECT_THAT(test::error_lines(ran), testing::Each(HasSubstr("x86_64")));
    EXPECT_THAT(test::tags_in(registry), IsEmpty());
    expect_nothing_visible(layout());
    EXPECT_EQ(test::tagged_in_layout(machine.store(), own_tag), std::nullopt);
    expect_nothing_kept();
    expect_right_archive_works_afterwards(registry);
  }

  // What was refused is not offered to the next run as if it were fine.
  void expect_nothing_kept() {
    std::string checksum = test::read_text(site.checksum("amd64")).substr(0, 64);
    EXPECT_FALSE(fs::exists(machine.store() / "archives" / (checksum + ".tar.xz")));
  }

  void expect_right_archive_works_afterwards(test::RegistryServer& registry) {
    site.put_true("amd64");
    expect_success(publish({registry.address(), oci()}));
    EXPECT_THAT(test::broken_layout_rules(layout()), IsEmpty());
    EXPECT_THAT(test::tags_in(registry), testing::ElementsAre(own_tag));
  }
};

TEST_F(BadArchive, AWrongChecksumIsRefused) {
  site.put_true("amd64");
  test::write_text(site.checksum("amd64"), std::string(64, 'a') + "  openEuler-docker.x86_64.tar.xz\n");
  expect_refused("sha256");
}

TEST_F(BadArchive, ATruncatedXzIsRefused) {
  std::string whole = make_archive(amd64());
  site.put("amd64", whole.substr(0, whole.size() / 2));
  expect_refused("");
}

TEST_F(BadArchive, GarbageIsRefused) {
  site.put("amd64", std::string(100'000, 'g'));
  expect_refused("");
}

TEST_F(BadArchive, GarbageAfterTheArchiveIsRefused) {
  site.put("amd64", make_archive(amd64()) + std::string(1000, 'g'));
  expect_refused("");
}

TEST_F(BadArchive, AnEmptyFileIsRefused) {
  site.put("amd64", "");
  expect_refused("");
}

TEST_F(BadArchive, XzOfSomethingThatIsNoTarIsRefused) {
  site.put("amd64", test::xz(std::string(100'000, 'g')));
  expect_refused("");
}

// 4 GiB of zeros in 600 kB, as a member that no manifest names.
TEST_F(BadArchive, AnXzBombIsRefusedBeforeItIsUnpackedWhole) {
  ArchiveRecipe recipe = amd64();
  recipe.twist = [](MadeFiles& members) {
    for (int i = 0; i < 70'000; ++i) members.push_back({.path = "bomb/" + std::to_string(i), .content = "."});
  };
  put(recipe);
  expect_refused("");
}

TEST_F(BadArchive, ADiffIdThatLiesIsRefused) {
  ArchiveRecipe recipe = amd64();
  recipe.stated_diff_ids = {"sha256:" + std::string(64, 'd')};
  put(recipe);
  expect_refused("its configuration says sha256:ddd");
}

TEST_F(BadArchive, TwoConfigurationsAreRefused) {
  ArchiveRecipe recipe = amd64();
  recipe.twist = [](MadeFiles& members) {
    for (auto& member : members)
      if (member.path == "manifest.json")
        member.content = "[" + member.content.substr(1, member.content.size() - 2) + "," +
                         member.content.substr(1, member.content.size() - 2) + "]";
  };
  put(recipe);
  expect_refused("it holds 2 images");
}

TEST_F(BadArchive, AMissingLayerIsRefused) {
  ArchiveRecipe recipe = amd64();
  recipe.twist = [](MadeFiles& members) {
    std::erase_if(members, [](const auto& member) { return member.path.ends_with(".tar"); });
  };
  put(recipe);
  expect_refused("layer");
}

TEST_F(BadArchive, ALayerThatIsALinkOutOfTheArchiveIsRefused) {
  ArchiveRecipe recipe = amd64();
  recipe.twist = [](MadeFiles& members) {
    for (auto& member : members)
      if (member.path.ends_with(".tar") && member.link.empty()) {
        member.content.clear();
        member.link = "../../../../etc/passwd";
      }
  };
  put(recipe);
  expect_refused("link");
}

TEST_F(BadArchive, AnArchiveOfAnotherArchitectureIsRefused) {
  put(small_archive(platform_of("arm64")));
  expect_refused("arm64");
}

TEST_F(BadArchive, AConfigurationThatOnlySaysTheRightArchitectureIsRefused) {
  ArchiveRecipe recipe = small_archive(platform_of("arm64"));
  recipe.stated_platform = platform_of("amd64");
  put(recipe);
  expect_refused("");
}

TEST_F(BadArchive, TheOsReleaseOfAnotherVersionIsRefused) {
  put(small_archive(platform_of("amd64"), "24.03-LTS"));
  expect_refused("24.03 (LTS)");
}

TEST_F(BadArchive, ARootWithoutOsReleaseIsRefused) {
  ArchiveRecipe recipe = amd64();
  std::erase_if(recipe.layers[0], [](const auto& file) { return file.path.ends_with("os-release"); });
  put(recipe);
  expect_refused("os-release");
}

TEST_F(BadArchive, AChecksumFileThatIsAPageOfHtmlIsRefused) {
  site.put_true("amd64");
  test::write_text(site.checksum("amd64"), "<html><body>Welcome to the mirror</body></html>\n");
  expect_refused("");
}

TEST_F(BadArchive, TwoBadArchivesStillMakeOneSentence) {
  for (const char* architecture : {"amd64", "arm64"}) site.put(architecture, std::string(100'000, 'g'));
  expect_failure(publish({oci()}), 5, "preparing 24.03-LTS-SP1");
}

TEST_F(BadArchive, PrepareRefusesItWithTheSameStatus) {
  ArchiveRecipe recipe = amd64();
  recipe.stated_diff_ids = {"sha256:" + std::string(64, 'd')};
  put(recipe);
  expect_failure(machine.run(words("prepare", {})), 5, "its configuration says sha256:ddd");
  expect_failure(machine.run(words("push", {oci()})), 1, "container prepare");
}

TEST_F(BadArchive, InAFolderItIsRefusedAsWell) {
  site.put("amd64", std::string(100'000, 'g'));
  expect_failure(
      machine.run({"container", "publish", "-v", test::sp1, "-g", oci(), "--source", site.folder().string()}),
      5, "x86_64");
}

}  // namespace
}  // namespace eulerpublisher
