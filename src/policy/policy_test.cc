#include "policy/policy.h"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>
#include "support/places.h"

namespace eulerpublisher {
namespace {

Version version(std::string_view text) { return *Version::parse(text); }

std::vector<std::string> tags_of(const Policy& policy, std::string_view name) {
  std::vector<std::string> tags;
  auto earned = policy.tags_of(version(name));
  if (!earned) return {earned.error().text()};
  for (const EarnedTag& tag : *earned) tags.push_back(tag.tag.text());
  return tags;
}

std::vector<std::string> names_of(const std::vector<Platform>& platforms) {
  std::vector<std::string> names;
  for (const Platform& platform : platforms) names.push_back(platform.text());
  return names;
}

using Words = std::vector<std::string>;

// The policy that a file says, or the empty one with a failed test.
Policy good(std::string_view yaml) {
  auto policy = Policy::parse(yaml, "policy.yaml");
  EXPECT_TRUE(policy.has_value()) << policy.error().text();
  return policy ? *policy : Policy::built_in();
}

std::string complaint(std::string_view yaml) {
  auto policy = Policy::parse(yaml, "policy.yaml");
  if (policy) return "it was accepted";
  EXPECT_EQ(policy.error().kind(), ErrorKind::invalid);
  return policy.error().text();
}

TEST(BuiltInPolicy, HasTheTwelveVersionsOfTheTable) {
  Words names;
  for (const Version& known : Policy::built_in().versions()) names.push_back(known.text());
  EXPECT_EQ(names, (Words{"20.03-LTS", "20.03-LTS-SP1", "20.03-LTS-SP2", "20.03-LTS-SP3", "20.09", "21.03",
                          "21.09", "22.03-LTS", "22.03-LTS-SP1", "22.03-LTS-SP2", "22.09", "23.03"}));
}

TEST(BuiltInPolicy, GivesTheTagsOfTheTable) {
  Policy policy = Policy::built_in();
  EXPECT_EQ(tags_of(policy, "20.03-LTS"), Words{"20.03-lts"});
  EXPECT_EQ(tags_of(policy, "20.03-LTS-SP3"), (Words{"20.03-lts-sp3", "20.03"}));
  EXPECT_EQ(tags_of(policy, "22.03-LTS-SP1"), (Words{"22.03-lts-sp1", "22.03", "latest"}));
  EXPECT_EQ(tags_of(policy, "22.03-LTS-SP2"), Words{"22.03-lts-sp2"});
  EXPECT_EQ(policy.version_of(*Tag::parse("latest")), version("22.03-LTS-SP1"));
  EXPECT_EQ(policy.version_of(*Tag::parse("23.03")), std::nullopt);
}

TEST(BuiltInPolicy, PutsTheTwoSlipsOfTheTableRight) {
  Policy policy = Policy::built_in();
  EXPECT_EQ(tags_of(policy, "21.09"), Words{"21.09"});
  EXPECT_EQ(tags_of(policy, "21.03"), Words{"21.03"});
  EXPECT_EQ(policy.sources_of(version("20.03-LTS-SP3")), Words{"https://repo.openeuler.org"});
}

TEST(BuiltInPolicy, AsksTheArchivesHostForWhatHasMoved) {
  Policy policy = Policy::built_in();
  for (const char* moved : {"20.09", "21.03", "21.09", "22.09"})
    EXPECT_EQ(policy.sources_of(version(moved)),
              (Words{"https://archives.openeuler.openatom.cn", "https://repo.openeuler.org"}));
  EXPECT_EQ(policy.sources_of(version("22.03-LTS")), Words{"https://repo.openeuler.org"});
  EXPECT_EQ(policy.sources_of(version("24.03-LTS")), Words{"https://repo.openeuler.org"});
}

TEST(BuiltInPolicy, RequiresAmd64AndArm64AndTakesLoong64) {
  Policy policy = Policy::built_in();
  EXPECT_EQ(names_of(policy.required_platforms(version("22.03-LTS"))), (Words{"linux/amd64", "linux/arm64"}));
  EXPECT_EQ(names_of(policy.optional_platforms(version("22.03-LTS"))), Words{"linux/loong64"});
  EXPECT_TRUE(policy.utc());
  EXPECT_TRUE(policy.tmout());
  EXPECT_EQ(policy.compression(), "gzip");
  EXPECT_EQ(policy.registries(), Words{"docker.io"});
  EXPECT_EQ(policy.repository(), "openeuler/openeuler");
}

TEST(BuiltInPolicy, IsWhatTheDocumentedExampleSays) {
  std::ifstream file(test::source_folder() / "config/policy.yaml");
  std::stringstream text;
  text << file.rdbuf();
  ASSERT_FALSE(text.str().empty());
  EXPECT_EQ(good(text.str()), Policy::built_in());
}

TEST(Policy, GivesAnUnknownVersionItsOwnTagAndSaysWhyNoOther) {
  auto tags = Policy::built_in().tags_of(version("24.03-LTS-SP2"));
  ASSERT_TRUE(tags.has_value());
  ASSERT_EQ(tags->size(), 1u);
  EXPECT_EQ((*tags)[0].tag.text(), "24.03-lts-sp2");
  EXPECT_FALSE((*tags)[0].special);
  EXPECT_EQ((*tags)[0].because, "the own tag of 24.03-LTS-SP2, which is not in the policy: no special tags");
}

TEST(Policy, SaysWhyAVersionEarnsItsTags) {
  auto tags = Policy::built_in().tags_of(version("22.03-LTS-SP1"));
  ASSERT_TRUE(tags.has_value());
  ASSERT_EQ(tags->size(), 3u);
  EXPECT_EQ((*tags)[0].because, "the own tag of 22.03-LTS-SP1");
  EXPECT_EQ((*tags)[1].because, "the policy recommends 22.03-LTS-SP1 of the series 22.03");
  EXPECT_TRUE((*tags)[1].special);
  EXPECT_EQ((*tags)[2].because, "the policy recommends 22.03-LTS-SP1 as the newest");
}

TEST(Policy, DoesNotTakeASeriesTagForAVersion) {
  auto tags = Policy::built_in().tags_of(version("22.03"));
  ASSERT_FALSE(tags.has_value());
  EXPECT_EQ(tags.error().kind(), ErrorKind::invalid);
  EXPECT_EQ(tags.error().text(),
            "22.03 is no version but the special tag of 22.03-LTS-SP1: say 22.03-LTS-SP1");
}

TEST(PolicyFile, ReadsTodaysTagsYaml) {
  Policy policy = good(
      "# special tags\n\n20.03-LTS-SP4:\n  - 20.03\n\n22.03-LTS-SP4: 22.03\n\n24.03-LTS-SP3: [latest, "
      "24.03]\n24.09:\n");
  EXPECT_EQ(tags_of(policy, "24.03-LTS-SP3"), (Words{"24.03-lts-sp3", "24.03", "latest"}));
  EXPECT_EQ(tags_of(policy, "22.03-LTS-SP4"), (Words{"22.03-lts-sp4", "22.03"}));
  EXPECT_EQ(tags_of(policy, "24.09"), Words{"24.09"});
  EXPECT_EQ(tags_of(policy, "22.03-LTS-SP1"), Words{"22.03-lts-sp1"});  // the table is the file's
  EXPECT_EQ(policy.registries(), Words{"docker.io"});                   // all else is built in
  EXPECT_EQ(policy.sources_of(version("21.09")).front(), "https://archives.openeuler.openatom.cn");
}

TEST(PolicyFile, ReadsTagsThatAreSeparatedByCommas) {
  EXPECT_EQ(tags_of(good("24.03-LTS-SP3: latest, 24.03\n"), "24.03-LTS-SP3"),
            (Words{"24.03-lts-sp3", "24.03", "latest"}));
}

TEST(PolicyFile, ReadsVersionsAndTagsAsTheyAreWritten) {
  Policy policy = good("versions:\n  24.10: [1e3, 0x10, on, 1.50]\n");
  EXPECT_EQ(tags_of(policy, "24.10"), (Words{"24.10", "1e3", "0x10", "on", "1.50"}));
}

TEST(PolicyFile, KeepsWhatItDoesNotMention) {
  Policy policy = good("registries: [quay.io, 'oci:/srv/images', '127.0.0.1:5000']\n");
  EXPECT_EQ(policy.registries(), (Words{"quay.io", "oci:/srv/images", "127.0.0.1:5000"}));
  EXPECT_EQ(policy.versions(), Policy::built_in().versions());
  EXPECT_EQ(tags_of(policy, "22.03-LTS-SP1"), (Words{"22.03-lts-sp1", "22.03", "latest"}));
}

TEST(PolicyFile, SaysEverythingAVersionCanHave) {
  Policy policy = good(R"(
repository: example/os
sources: https://mirror.example/openeuler/
architectures: {required: [x86_64], optional: [aarch64]}
changes: {utc: off, tmout: No}
compression: zstd
versions:
  24.03-LTS:
  24.03-LTS-SP1:
    tags: [latest, 24.03, stable]
    sources: [/srv/releases, file:///srv/more]
    architectures: [amd64, arm64, loong64]
  24.09:
    architectures: {required: arm64, optional: []}
)");
  EXPECT_EQ(policy.repository(), "example/os");
  EXPECT_EQ(policy.sources_of(version("24.03-LTS")), Words{"https://mirror.example/openeuler"});
  EXPECT_EQ(policy.sources_of(version("21.09")), Words{"https://mirror.example/openeuler"});
  EXPECT_EQ(policy.sources_of(version("24.03-LTS-SP1")), (Words{"/srv/releases", "file:///srv/more"}));
  EXPECT_EQ(names_of(policy.required_platforms(version("24.03-LTS"))), Words{"linux/amd64"});
  EXPECT_EQ(names_of(policy.optional_platforms(version("24.03-LTS"))), Words{"linux/arm64"});
  EXPECT_EQ(policy.required_platforms(version("24.03-LTS-SP1")).size(), 3u);
  EXPECT_TRUE(policy.optional_platforms(version("24.03-LTS-SP1")).empty());
  EXPECT_EQ(names_of(policy.required_platforms(version("24.09"))), Words{"linux/arm64"});
  EXPECT_TRUE(policy.optional_platforms(version("24.09")).empty());
  EXPECT_FALSE(policy.utc());
  EXPECT_FALSE(policy.tmout());
  EXPECT_EQ(policy.compression(), "zstd");
  EXPECT_EQ(tags_of(policy, "24.03-LTS-SP1"), (Words{"24.03-lts-sp1", "24.03", "stable", "latest"}));
}

TEST(PolicyFile, ARequiredArchitectureIsNoLongerOptional) {
  Policy policy = good("architectures:\n  required: [amd64, arm64, loong64]\n");
  EXPECT_EQ(policy.required_platforms(version("24.03-LTS")).size(), 3u);
  EXPECT_TRUE(policy.optional_platforms(version("24.03-LTS")).empty());
}

TEST(PolicyFile, CanNameVersionsAndTheirTagsInTwoLists) {
  Policy policy =
      good("versions: [24.03-LTS, 24.03-LTS-SP1]\ntags:\n  latest: 24.03-LTS-SP1\n  24.03: 24.03-lts\n");
  EXPECT_EQ(tags_of(policy, "24.03-LTS"), (Words{"24.03-lts", "24.03"}));
  EXPECT_EQ(tags_of(policy, "24.03-LTS-SP1"), (Words{"24.03-lts-sp1", "latest"}));
}

TEST(PolicyFile, CanMoveTheSpecialTagsOfTheBuiltInVersions) {
  Policy policy = good("tags: {22.03: 22.03-LTS-SP2, latest: 22.03-LTS-SP2}\n");
  EXPECT_EQ(tags_of(policy, "22.03-LTS-SP2"), (Words{"22.03-lts-sp2", "22.03", "latest"}));
  EXPECT_EQ(tags_of(policy, "22.03-LTS-SP1"), Words{"22.03-lts-sp1"});
  EXPECT_EQ(tags_of(policy, "20.03-LTS-SP3"), Words{"20.03-lts-sp3"});
}

TEST(PolicyFile, AVersionsOwnTagMayBeListedAmongItsTags) {
  EXPECT_EQ(tags_of(good("24.03-LTS: [24.03-lts, latest]\n"), "24.03-LTS"), (Words{"24.03-lts", "latest"}));
}

// A wrong file and what is said about it.
struct Wrong {
  const char* name;
  std::string yaml;
  std::string says;
};

void PrintTo(const Wrong& wrong, std::ostream* out) { *out << wrong.yaml; }

class WrongPolicyFile : public testing::TestWithParam<Wrong> {};

TEST_P(WrongPolicyFile, IsToldWhereAndWhatIsWrong) { EXPECT_EQ(complaint(GetParam().yaml), GetParam().says); }

const std::string empty_says = "the policy is empty: leave --policy out to use the built-in one";

INSTANTIATE_TEST_SUITE_P(
    About, WrongPolicyFile,
    testing::Values(
        Wrong{"EmptyFile", "", "policy.yaml:1:1: " + empty_says},
        Wrong{"OnlyComments", "# nothing\n", "policy.yaml:1:1: " + empty_says},
        Wrong{"EmptyMap", "{}\n", "policy.yaml:1:1: " + empty_says},
        Wrong{"Scalar", "hello\n",
              "policy.yaml:1:1: a policy is a map of sections such as `versions:`, or of versions to their "
              "tags"},
        Wrong{"UnknownKey", "registrys: [docker.io]\n",
              "policy.yaml:1:1: unknown key 'registrys'; did you mean 'registries'?"},
        Wrong{"UnknownKeyFarFromAll", "\n\ncolour: red\n",
              "policy.yaml:3:1: unknown key 'colour'; known here are repository, registries, sources, "
              "architectures, "
              "changes, compression, versions, tags, registry-profiles, builders, build, images, descriptions, "
              "checks, sync"},
        Wrong{"UnknownKeyOfAVersion", "versions:\n  24.03-LTS:\n    tag: [latest]\n",
              "policy.yaml:3:5: unknown key 'tag'; did you mean 'tags'?"},
        Wrong{"UnknownChange", "changes: {utc: on, timeout: on}\n",
              "policy.yaml:1:20: unknown key 'timeout'; did you mean 'tmout'?"},
        Wrong{"KeyTwice", "repository: a/b\ncompression: gzip\nrepository: c/d\n",
              "policy.yaml:3:1: the key 'repository' is given twice"},
        Wrong{"VersionTwice", "versions:\n  24.03-LTS:\n  24.03-lts:\n",
              "policy.yaml:3:3: the version 24.03-LTS is given twice"},
        Wrong{"VersionTwiceInAList", "versions: [24.03-LTS, openEuler-24.03-LTS]\n",
              "policy.yaml:1:23: the version 24.03-LTS is given twice"},
        Wrong{"NoVersion", "versions:\n  24.3: [latest]\n",
              "policy.yaml:2:3: '24.3' is not a version: write it like 24.03-LTS-SP1, 22.03-LTS or 23.09"},
        Wrong{
            "NoVersionInTagsYaml", "24.03-LTS: [latest]\n24.03-SP1: [24.03]\n",
            "policy.yaml:2:1: '24.03-SP1' is not a version: write it like 24.03-LTS-SP1, 22.03-LTS or 23.09"},
        Wrong{"VersionAmongTheSections", "registries: [docker.io]\n24.03-LTS: [latest]\n",
              "policy.yaml:2:1: the version 24.03-LTS belongs under `versions:`"},
        Wrong{"TagOutsideTheGrammar", "versions:\n  24.03-LTS: [latest, 'a b']\n",
              "policy.yaml:2:23: 'a b' is not a tag: letters, digits, _ . and - are, up to 128 of them, and "
              "neither "
              "dot nor dash in front"},
        Wrong{"TagForTwoVersions", "24.03-LTS: [latest]\n24.03-LTS-SP1: [24.03, latest]\n",
              "policy.yaml:2:24: the tag latest is given to 24.03-LTS-SP1 and to 24.03-LTS (line 1): a tag "
              "can name "
              "only one of them"},
        Wrong{"TagTwiceForOneVersion", "24.03-LTS: [latest, latest]\n",
              "policy.yaml:1:21: the tag latest is given to 24.03-LTS twice"},
        Wrong{"TagGivenInBothTables", "versions:\n  24.03-LTS: [latest]\n  24.09:\ntags:\n  latest: 24.09\n",
              "policy.yaml:5:3: the tag latest is given to 24.09 and to 24.03-LTS (line 2): a tag can name "
              "only one "
              "of them"},
        Wrong{"LatestOnAnUnknownVersion", "tags:\n  latest: 24.03-LTS\n",
              "policy.yaml:2:11: the tag latest is for 24.03-LTS, which is not among the versions: add it "
              "there"},
        Wrong{"OwnTagOfAnotherVersion", "24.03-LTS-SP1: [24.03-lts]\n",
              "policy.yaml:1:17: 24.03-lts is the own tag of 24.03-LTS and cannot be a special tag of "
              "24.03-LTS-SP1"},
        Wrong{"OwnTagOfAnInnovationRelease", "versions:\n  22.09-LTS: [22.09]\n  22.09:\n",
              "policy.yaml:2:15: 22.09 is the own tag of 22.09 and cannot be a special tag of 22.09-LTS"},
        Wrong{"TheSlipOfTheTable", "21.09: [21.03]\n",
              "policy.yaml:1:9: 21.03 is the tag of another series; 21.09 is of the series 21.09"},
        Wrong{"RepositoryWithItsRegistry", "repository: docker.io/Open/x\n",
              "policy.yaml:1:13: 'docker.io/Open/x' is not a repository name such as openeuler/openeuler "
              "(without the "
              "registry)"},
        Wrong{"NoRegistry", "registries: ['https://quay.io']\n",
              "policy.yaml:1:14: 'https://quay.io' is not a registry: write a host such as docker.io, or "
              "oci:FOLDER"},
        Wrong{"RegistryTwice", "registries: quay.io,quay.io\n",
              "policy.yaml:1:13: the registry quay.io is named twice"},
        Wrong{"RegistriesEmpty", "registries: []\n",
              "policy.yaml:1:13: a list of registries is expected here"},
        Wrong{"NothingUnderASection", "sources:\nrepository: a/b\n",
              "policy.yaml:1:1: nothing stands under `sources:`: leave it out to keep what is built in"},
        Wrong{"SourceWithoutScheme", "sources: [repo.openeuler.org]\n",
              "policy.yaml:1:11: 'repo.openeuler.org' is not a source: it needs https:// in front, or / for "
              "a folder"},
        Wrong{"SourceOfAnotherScheme", "sources: [ftp://repo.openeuler.org]\n",
              "policy.yaml:1:11: 'ftp://repo.openeuler.org' is not a source: only https, http and file are "
              "understood"},
        Wrong{"SourceWithAPassword", "sources: ['https://me:secret@repo.openeuler.org']\n",
              "policy.yaml:1:11: '…' is not a source: a password has no place in the policy"},
        Wrong{"NoArchitecture", "architectures: {required: [pdp11]}\n",
              "policy.yaml:1:28: 'pdp11' is no architecture known here: write amd64, arm64 or loong64"},
        Wrong{"ArchitectureTwice", "architectures: {required: [amd64, x86_64]}\n",
              "policy.yaml:1:35: the architecture amd64 is named twice"},
        Wrong{"RequiredAndOptional", "architectures: {required: [amd64], optional: [amd64]}\n",
              "policy.yaml:1:46: amd64 is required and cannot be optional as well"},
        Wrong{"NoSwitch", "changes: {utc: maybe}\n", "policy.yaml:1:16: on or off is expected here"},
        Wrong{"NoCompression", "compression: xz\n", "policy.yaml:1:14: the compression is gzip or zstd"},
        Wrong{"ListWhereAWordBelongs", "versions:\n  24.03-LTS: [[latest]]\n",
              "policy.yaml:2:15: this is no plain word; a list of special tags is expected here"}),
    [](const auto& info) { return std::string(info.param.name); });

}  // namespace
}  // namespace eulerpublisher
