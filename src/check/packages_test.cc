// Checks of packages and of what became different, on lists made by hand.

#include <gmock/gmock.h>

#include "check/checks.h"
#include "check/comparison.h"
#include "support/checked_image.h"
#include "support/memory_repository.h"

namespace eulerpublisher {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using Texts = std::vector<std::string>;

Package package(const std::string& name, const std::string& version, const std::string& key = "aabb0011") {
  return {name, "", version, "1.oe2403sp1", "x86_64", key, 0};
}

PackageList base() {
  return {package("bash", "5.2"), package("coreutils", "9.4"), package("dnf", "4.16"),
          package("glibc", "2.38"), package("openEuler-release", "24.03LTS_SP1")};
}

class PackageChecks : public testing::Test {
 protected:
  CheckedImage image_of(std::optional<PackageList> packages, const test::MadeFiles& more = {}) {
    auto files = test::clean_root(amd64);
    files.insert(files.end(), more.begin(), more.end());
    CheckedPlatform one = test::checked_platform({test::report_of(files)}, amd64);
    one.packages = std::move(packages);
    return test::checked_image({one});
  }

  CheckResult result_of(const Check& check, const CheckedImage& image,
                        const Comparison* comparison = nullptr) {
    Subject subject{repository, image, expected, rules};
    subject.comparison = comparison;
    return run_checks({check}, subject, {})[0];
  }

  Texts found(const Check& check, std::optional<PackageList> packages) {
    Texts texts;
    for (const Finding& finding : result_of(check, image_of(std::move(packages))).findings)
      texts.push_back(finding.text);
    return texts;
  }

  Platform amd64 = *Platform::parse("amd64");
  test::MemoryRepository repository;
  CheckRules rules = CheckRules::built_in();
  Expectation expected{.version = *Version::parse("24.03-LTS-SP1"), .required = {}, .tags = {}};
};

TEST_F(PackageChecks, FindNothingInTheBaseSet) {
  for (const Check& check :
       {rpm_database_check(), packages_check(), signatures_check(), package_architectures_check()})
    EXPECT_EQ(result_of(check, image_of(base())).outcome, Outcome::passed) << check.name;
}

TEST_F(PackageChecks, FindWhatIsMissingOfTheBaseSet) {
  PackageList packages = base();
  packages.erase(packages.begin(), packages.begin() + 3);
  packages.back() = package("openEuler-release", "24.03LTS");
  EXPECT_THAT(found(packages_check(), packages),
              ElementsAre("the package bash is not installed", "the package coreutils is not installed",
                          "the package yum|dnf is not installed",
                          "openEuler-release is 24.03LTS-1.oe2403sp1, which is not of 24.03-LTS-SP1"));
}

TEST_F(PackageChecks, FindWhatNobodySignedAndWhatAStrangerDid) {
  PackageList packages = base();
  packages.push_back(package("mine", "1", ""));
  packages.push_back(package("theirs", "1", "ffff0000"));
  packages.push_back({"gpg-pubkey", "", "aabb0011", "1", "", "", 0});
  EXPECT_THAT(
      found(signatures_check(), packages),
      ElementsAre("not signed: mine-1-1.oe2403sp1",
                  HasSubstr("the key ffff0000, which is neither in the image nor in the policy: theirs")));
  rules.set("signatures", {.allowed = {"ffff0000", "aabb0011"}});
  EXPECT_THAT(found(signatures_check(), packages), SizeIs(1));
}

TEST_F(PackageChecks, FindPackagesOfAnotherProcessor) {
  PackageList packages = base();
  packages.push_back({"a", "", "1", "1", "aarch64", "", 0});
  packages.push_back({"b", "", "1", "1", "noarch", "", 0});
  packages.push_back({"c", "", "1", "1", "i686", "", 0});
  EXPECT_THAT(found(package_architectures_check(), packages), ElementsAre("a-1-1 is a package for aarch64"));
}

TEST_F(PackageChecks, AreNotRunWithoutADatabase) {
  for (const Check& check :
       {rpm_database_check(), packages_check(), signatures_check(), package_architectures_check()}) {
    CheckResult result = result_of(check, image_of(std::nullopt));
    EXPECT_EQ(result.outcome, Outcome::not_run) << check.name;
    EXPECT_THAT(result.note, HasSubstr("no rpm database")) << check.name;
  }
  rules.set("rpm-database", {.required = true});
  EXPECT_THAT(found(rpm_database_check(), std::nullopt), ElementsAre("has no rpm database"));
}

TEST_F(PackageChecks, TellADamagedDatabaseFromOneThatNobodyCouldLookAt) {
  CheckedImage image = image_of(std::nullopt);
  image.platforms[0].packages_fault = corrupt("it is damaged");
  EXPECT_EQ(result_of(rpm_database_check(), image).outcome, Outcome::found);
  EXPECT_EQ(result_of(packages_check(), image).outcome, Outcome::not_run);
  image.platforms[0].packages_fault = unavailable("the disk is full");
  EXPECT_EQ(result_of(packages_check(), image).outcome, Outcome::could_not_look);
  EXPECT_EQ(result_of(rpm_database_check(), image).outcome, Outcome::could_not_look);
}

TEST_F(PackageChecks, FindWhatTheImageBeforeHad) {
  PackageList more = base();
  more.push_back(package("vim", "9"));
  CheckedImage before = image_of(more), now = image_of(base());
  Comparison comparison = compare(before, now);
  CheckResult result = result_of(packages_lost_check(), now, &comparison);
  EXPECT_EQ(result.outcome, Outcome::found);
  EXPECT_EQ(result.findings[0].text, "vim-9-1.oe2403sp1 is not there any more");
  EXPECT_EQ(result_of(packages_lost_check(), now).outcome, Outcome::not_run);
  comparison = compare(now, before);
  EXPECT_EQ(result_of(packages_lost_check(), before, &comparison).outcome, Outcome::passed);
}

TEST_F(PackageChecks, FindAnImageThatGrew) {
  CheckedImage before = image_of({}),
               now = image_of({}, {{.path = "opt/big", .content = std::string(9000, 'x')}});
  Manifest manifest = *now.platforms[0].content;
  manifest.layers[0].size = 140;
  now.platforms[0].content = Document<Manifest>::of(manifest);
  Comparison comparison = compare(before, now);
  CheckResult result = result_of(size_growth_check(), now, &comparison);
  ASSERT_EQ(result.findings.size(), 1u);
  EXPECT_EQ(result.findings[0].text,
            "its layers grew by 40%, from 100 bytes to 140 bytes, most of it in /opt (8.8 KiB more)");
  rules.set("size-growth", {.limit = 0.5});
  EXPECT_EQ(result_of(size_growth_check(), now, &comparison).outcome, Outcome::passed);
}

TEST_F(PackageChecks, FindAPlatformThatTheImageBeforeHad) {
  CheckedImage now = image_of({});
  CheckedImage before = test::checked_image(
      {now.platforms[0], test::checked_platform({test::report_of({})}, *Platform::parse("arm64"))});
  Comparison comparison = compare(before, now);
  CheckResult result = result_of(platforms_check(), now, &comparison);
  ASSERT_EQ(result.findings.size(), 1u);
  EXPECT_EQ(result.findings[0].where, "linux/arm64");
  expected.fewer_platforms = true;
  EXPECT_EQ(result_of(platforms_check(), now, &comparison).outcome, Outcome::passed);
}

TEST_F(PackageChecks, SeeWhatBecameDifferent) {
  PackageList more = base();
  more[0] = package("bash", "5.3");
  more.push_back(package("vim", "9"));
  CheckedImage before =
      image_of(base(), {{.path = "opt/gone", .content = "1"}, {.path = "opt/a", .content = "1"}});
  CheckedImage now =
      image_of(more, {{.path = "opt/a", .content = "12", .mode = 0755}, {.path = "opt/new", .content = "1"}});
  Comparison comparison = compare(before, now);
  EXPECT_THAT(comparison.lost, IsEmpty());
  ASSERT_EQ(comparison.platforms.size(), 1u);
  const PlatformComparison& one = comparison.platforms[0];
  ASSERT_EQ(one.package_changes.size(), 2u);
  EXPECT_EQ(one.package_changes[0].before, "5.2-1.oe2403sp1");
  EXPECT_EQ(one.package_changes[0].after, "5.3-1.oe2403sp1");
  EXPECT_EQ(one.package_changes[1].before, "");
  ASSERT_EQ(one.file_changes.size(), 3u);
  EXPECT_EQ(one.file_changes[0].what, "size 1 -> 2, mode 0644 -> 0755");
  EXPECT_EQ(one.file_changes[1].kind, FileChange::Kind::removed);
  EXPECT_EQ(one.file_changes[2].kind, FileChange::Kind::added);
  ASSERT_EQ(one.folders.size(), 1u);
  EXPECT_EQ(one.folders[0].folder, "opt");
  EXPECT_EQ(one.folders[0].bytes.after, 3u);
}

}  // namespace
}  // namespace eulerpublisher
