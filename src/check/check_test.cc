#include "check/check.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <set>

#include "check/checks.h"
#include "oci/media_type.h"
#include "support/archive_maker.h"
#include "support/memory_repository.h"

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

  Descriptor put(const One& one) {
    MadeFiles files{{.path = "bin/sh", .content = test::elf_head(one.shell)}};
    if (one.os_release)
      files.push_back(
          {.path = "etc/os-release", .content = "NAME=openEuler\nVERSION=\"" + one.version + "\"\n"});
    std::string tar = test::make_tar(files);
    MemoryBlob layer(std::string(media_type::layer_tar), tar);
    nlohmann::json config{{"os", "linux"},
                          {"architecture", one.platform.architecture},
                          {"config", {{"Cmd", nlohmann::json::parse(one.cmd)}}},
                          {"rootfs", {{"type", "layers"}, {"diff_ids", {digest_of(tar).text()}}}},
                          {"history", {{{"created_by", "test"}}}}};
    MemoryBlob config_blob(std::string(media_type::config), config.dump());
    EXPECT_TRUE(repository.put_blob(layer, {}).has_value());
    EXPECT_TRUE(repository.put_blob(config_blob, {}).has_value());
    Manifest manifest{
        std::string(media_type::manifest), *config_blob.descriptor(), {*layer.descriptor()}, {}};
    RawManifest raw{manifest.media_type, manifest.print()};
    EXPECT_TRUE(repository.put_manifest(raw, {}).has_value());
    Descriptor descriptor = raw.descriptor();
    descriptor.platform = one.platform;
    return descriptor;
  }

  Descriptor publish(const std::vector<One>& all) {
    Index index{std::string(media_type::index), {}, {}};
    for (const One& platform : all) index.manifests.push_back(put(platform));
    RawManifest raw{index.media_type, index.print()};
    EXPECT_TRUE(repository.put_manifest(raw, {}).has_value());
    EXPECT_TRUE(repository.tag(own, raw, {}).has_value());
    return raw.descriptor();
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

  CheckRules rules = CheckRules::built_in();
  using Names = std::vector<std::string>;
  MemoryRepository repository;
  Tag own = *Tag::parse("24.03-lts-sp1");
  Expectation expected{
      *Version::parse("24.03-LTS-SP1"), {*Platform::parse("amd64"), *Platform::parse("arm64")}, {own}};
};

TEST_F(CheckTest, FindsNothingInACleanImage) {
  auto results = check(publish({one("amd64"), one("arm64")}));
  EXPECT_EQ(found(results), Names{});
  EXPECT_FALSE(refuses(results));
  for (const CheckResult& result : results) {
    EXPECT_EQ(result.outcome, Outcome::passed) << result.name;
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
  again.cmd = R"(["sh"])";
  EXPECT_EQ(found(check(publish({one("amd64"), one("arm64"), again}))), Names{"platforms"});
}

TEST_F(CheckTest, FindsATagThatNamesAnotherImage) {
  publish({one("amd64"), one("arm64")});
  One other = one("arm64");
  other.cmd = R"(["sh"])";
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
  EXPECT_EQ(found(check(publish({one("amd64"), idle}))), Names{"configuration"});
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
  std::set<std::string> needs_layers{"layers"};
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

}  // namespace
}  // namespace eulerpublisher
