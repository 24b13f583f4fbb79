#include "check/check.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "check/checks.h"
#include "oci/media_type.h"
#include "support/archive_maker.h"
#include "support/checked_image.h"
#include "support/made_image.h"
#include "support/memory_repository.h"
#include "support/places.h"

namespace eulerpublisher {
namespace {

using test::MadeFiles;
using test::MemoryRepository;

// An image in a registry in memory, clean until a test spoils it.
class CheckTest : public testing::Test {
 protected:
  struct One {
    Platform platform;
    Platform shell;  // what /bin/sh is made for
    std::string version = "24.03 (LTS-SP1)";
    std::string cmd = R"(["bash"])";
    bool os_release = true;
  };

  static One one(std::string_view platform) {
    return {*Platform::parse(platform), *Platform::parse(platform)};
  }

  test::MadePlatform made(const One& one) const {
    MadeFiles files = test::clean_root(one.shell);
    std::erase_if(files, [&](const test::MadeFile& file) { return file.path.ends_with("os-release"); });
    if (one.os_release)
      files.push_back({.path = "etc/os-release",
                       .content = "ID=openEuler\nVERSION=\"" + one.version + "\"\nVERSION_ID=24.03\n"});
    return {.platform = one.platform,
            .layers = {test::make_tar(files)},
            .run = R"({"Cmd":)" + one.cmd + "}",
            .layer_type = std::string(layer_type)};
  }

  Descriptor publish(const std::vector<One>& all) {
    test::MadeImage image{{}, annotations};
    for (const One& platform : all) image.platforms.push_back(made(platform));
    return test::put_image(repository, image, own);
  }

  std::vector<CheckResult> check(const Descriptor& top, bool layers = true) {
    auto image = read_image(repository, top, {}, layers ? Unread::read : Unread::leave, {});
    EXPECT_TRUE(image.has_value()) << image.error().text();
    return run_checks(all_checks(), {repository, *image, expected, rules}, {});
  }

  // The names of the checks that found something.
  static std::vector<std::string> found(const std::vector<CheckResult>& results) {
    std::vector<std::string> names;
    for (const CheckResult& result : results)
      if (result.outcome == Outcome::found) names.push_back(result.name);
    return names;
  }

  std::string_view layer_type = media_type::layer_tar;
  Annotations annotations = test::all_annotations();
  // It has no rpm database, and there was no image before it.
  static std::set<std::string> unknown_here() {
    return {"rpm-database",          "packages",    "signatures",
            "package-architectures", "size-growth", "packages-lost"};
  }

  CheckRules rules = CheckRules::built_in();
  using Names = std::vector<std::string>;
  MemoryRepository repository;
  Tag own = *Tag::parse("24.03-lts-sp1");
  Expectation expected{.version = *Version::parse("24.03-LTS-SP1"),
                       .required = {*Platform::parse("amd64"), *Platform::parse("arm64")},
                       .tags = {own},
                       .names = {own},
                       .utc = true,
                       .tmout = true,
                       .hidden = false};
};

TEST_F(CheckTest, FindsNothingInACleanImage) {
  auto results = check(publish({one("amd64"), one("arm64")}));
  EXPECT_EQ(found(results), Names{});
  EXPECT_FALSE(refuses(results));
  for (const CheckResult& result : results) {
    bool run = !unknown_here().contains(result.name);
    EXPECT_EQ(result.outcome, run ? Outcome::passed : Outcome::not_run) << result.name << ": " << result.note;
    EXPECT_FALSE(result.reason.empty()) << result.name;
  }
}

TEST_F(CheckTest, FindsAMissingArchitecture) {
  auto results = check(publish({one("amd64")}));
  EXPECT_EQ(found(results), Names{"platforms"});
  EXPECT_TRUE(refuses(results));
}

TEST_F(CheckTest, FindsAnArchitectureThatStandsTwice) {
  One again = one("amd64");
  again.version = "24.03  (LTS-SP1)";
  EXPECT_EQ(found(check(publish({one("amd64"), one("arm64"), again}))), Names{"platforms"});
}

TEST_F(CheckTest, FindsATagThatNamesAnotherImage) {
  publish({one("amd64"), one("arm64")});
  One other = one("arm64");
  other.version = "24.03 (LTS)";
  Descriptor first = publish({one("amd64"), one("arm64")});
  publish({one("amd64"), other});
  EXPECT_EQ(found(check(first)), Names{"tags"});
}

TEST_F(CheckTest, FindsATagThatIsMissing) {
  expected.tags.push_back(*Tag::parse("latest"));
  EXPECT_EQ(found(check(publish({one("amd64"), one("arm64")}))), Names{"tags"});
}

TEST_F(CheckTest, FindsAnotherVersionInOsRelease) {
  One other = one("arm64");
  other.version = "24.03 (LTS)";
  EXPECT_EQ(found(check(publish({one("amd64"), other}))), Names{"os-release"});
}

TEST_F(CheckTest, FindsThatThereIsNoOsRelease) {
  One other = one("arm64");
  other.os_release = false;
  EXPECT_EQ(found(check(publish({one("amd64"), other}))), Names{"os-release"});
}

TEST_F(CheckTest, FindsAShellOfAnotherProcessor) {
  One swapped = one("arm64");
  swapped.shell = *Platform::parse("amd64");
  EXPECT_EQ(found(check(publish({one("amd64"), swapped}))), Names{"architecture"});
}

TEST_F(CheckTest, FindsAnImageThatStartsNothing) {
  One idle = one("arm64");
  idle.cmd = "null";
  EXPECT_EQ(found(check(publish({idle}))), (Names{"platforms", "configuration"}));
}

TEST_F(CheckTest, FindsAnImageThatBehavesOtherwiseOnAnotherArchitecture) {
  One other = one("arm64");
  other.cmd = R"(["sh"])";
  EXPECT_EQ(found(check(publish({one("amd64"), other}))), Names{"creation"});
}

TEST_F(CheckTest, FindsAnnotationsThatAreMissingOrOfAnotherVersion) {
  annotations.erase("org.opencontainers.image.licenses");
  annotations["org.opencontainers.image.version"] = "24.03-LTS";
  auto results = check(publish({one("amd64"), one("arm64")}));
  EXPECT_EQ(found(results), Names{"annotations"});
  for (const CheckResult& result : results)
    if (result.name == "annotations") {
      EXPECT_EQ(result.findings.size(), 6u);
    }
}

TEST_F(CheckTest, FindsARepositoryThatIsNotPublic) {
  expected.hidden = true;
  EXPECT_EQ(found(check(publish({one("amd64"), one("arm64")}))), Names{"public"});
}

TEST_F(CheckTest, FindsTypesThatEnginesDoNotKnow) {
  Descriptor top = publish({one("amd64"), one("arm64")});
  auto image = read_image(repository, top, {}, Unread::leave, {});
  ASSERT_TRUE(image.has_value());
  CheckedPlatform& first = image->platforms[0];
  Manifest manifest = *first.content;
  manifest.layers[0].media_type = media_type::docker_layer;
  manifest.config.media_type = "application/json";
  first.content = Document<Manifest>::of(manifest);
  auto findings = media_types_check().look({repository, *image, expected, rules}, {});
  ASSERT_TRUE(findings.has_value());
  EXPECT_EQ(findings->size(), 2u);
}

TEST_F(CheckTest, FindsALayerWhoseBytesAreNotWhatItsTypeSays) {
  for (auto [type, wrong] : {std::pair(media_type::layer_tar, false),
                             {media_type::layer_gzip, true},
                             {media_type::layer_zstd, true}}) {
    layer_type = type;
    auto results = check(publish({one("amd64"), one("arm64")}));
    EXPECT_EQ(found(results), wrong ? Names{"media-types"} : Names{}) << type;
    EXPECT_EQ(refuses(results), wrong);
  }
  EXPECT_EQ(packing_of("\x1f\x8b\x08"), Packing::gzip);
  EXPECT_EQ(packing_of("\x28\xb5\x2f\xfd"), Packing::zstd);
  EXPECT_EQ(packing_of("\x52\x2a\x4d\x18"), Packing::zstd);
  EXPECT_EQ(packing_of("\xfd"
                       "7zXZ"),
            Packing::other);
  EXPECT_EQ(packing_of("BZh91A"), Packing::other);
  EXPECT_EQ(packing_of("etc/"), Packing::none);
}

TEST_F(CheckTest, HasARowInThePolicyForEachCheck) {
  for (const Check& check : all_checks())
    EXPECT_NE(std::ranges::find(known_checks(), std::string_view(check.name), &KnownCheck::name),
              known_checks().end())
        << check.name;
}

TEST_F(CheckTest, FindsABlobThatIsNotThere) {
  Descriptor top = publish({one("amd64"), one("arm64")});
  auto image = read_image(repository, top, {}, Unread::read, {});
  ASSERT_TRUE(image.has_value());
  MemoryRepository empty;
  auto findings = blobs_check().look({empty, *image, expected, rules}, {});
  ASSERT_TRUE(findings.has_value());
  EXPECT_EQ(findings->size(), 4u);
}

TEST_F(CheckTest, SaysWhichChecksWereNotRun) {
  auto results = check(publish({one("amd64"), one("arm64")}), false);
  std::set<std::string> needs_layers = unknown_here();
  needs_layers.insert("layers");
  for (const Check& check : all_checks())
    if (check.needs != Needs::documents) needs_layers.insert(check.name);
  for (const CheckResult& result : results) {
    bool in_layers = needs_layers.contains(result.name);
    EXPECT_EQ(result.outcome, in_layers ? Outcome::not_run : Outcome::passed) << result.name;
  }
}

TEST_F(CheckTest, SaysThatItCouldNotLook) {
  Descriptor top = publish({one("amd64"), one("arm64")});
  auto image = read_image(repository, top, {}, Unread::read, {});
  ASSERT_TRUE(image.has_value());
  repository.before = [](const std::string& operation) -> Done {
    if (operation == "has_blob") return unavailable("503");
    return {};
  };
  auto results = run_checks(all_checks(), {repository, *image, expected, rules}, {});
  EXPECT_EQ(found(results), Names{});
  EXPECT_TRUE(refuses(results));
}

TEST_F(CheckTest, AreListedInTheDocumentWithTheirSeverityAndReason) {
  std::string document = read_file((test::source_folder() / "docs/checks.md").string(), 1 << 20).value();
  for (const Check& check : all_checks()) {
    std::string begin = "| `" + check.name + "` | " + std::string(name_of(check.severity)) + " | ";
    size_t at = document.find(begin);
    ASSERT_NE(at, document.npos) << begin;
    std::string row = document.substr(at, document.find('\n', at) - at);
    EXPECT_TRUE(row.ends_with(" | " + check.reason + " |")) << row;
  }
}

TEST_F(CheckTest, ReadsALayerThatTwoPlatformsShareOnce) {
  One first = one("amd64"), second = one("arm64");
  second.shell = first.shell;  // the same root file system
  Descriptor top = publish({first, second});
  std::map<std::string, int> asked;
  repository.before = [&](const std::string& operation) -> Done {
    ++asked[operation];
    return {};
  };
  auto image = read_image(repository, top, {}, Unread::read, {});
  ASSERT_TRUE(image.has_value());
  ASSERT_TRUE(image->platforms[1].root.has_value());
  // Two configurations and one layer.
  EXPECT_EQ(asked["open_blob"], 3);
}

}  // namespace
}  // namespace eulerpublisher
