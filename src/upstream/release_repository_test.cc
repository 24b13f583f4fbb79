#include "upstream/release_repository.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "support/fake_web.h"
#include "support/http_fakes.h"

namespace eulerpublisher {
namespace {

using test::FakeClock;
using test::FakeWeb;

namespace fs = std::filesystem;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::UnorderedElementsAre;

const Platform amd64 = *Platform::parse("amd64"), arm64 = *Platform::parse("arm64"),
               loong64 = *Platform::parse("loong64");

std::string path_of(const Platform& platform, std::string_view index = "docker_img",
                    std::string_view version = "24.03-LTS-SP1") {
  return fmt::format("openEuler-{}/{}/{}/openEuler-docker.{}.tar.xz", version, index, platform.machine(),
                     platform.machine());
}

std::string checksum_line(const Platform& platform, std::string_view content) {
  return fmt::format("{}  openEuler-docker.{}.tar.xz\n", digest_of(content).hex(), platform.machine());
}

ReleaseWanted wanted(std::string_view index = "docker_img") {
  return {"24.03-LTS-SP1", *ReleaseIndex::parse(index), {amd64, arm64}, {loong64}};
}

class ReleaseRepositoryTest : public testing::Test {
 protected:
  void release(const std::string& source, const Platform& platform, std::string_view content = "archive",
               std::string_view index = "docker_img") {
    web.put(fmt::format("{}/{}.sha256sum", source, path_of(platform, index)),
            checksum_line(platform, content));
  }
  Result<Release> look(std::vector<std::string> sources, const ReleaseWanted& what = wanted()) {
    return ReleaseRepository(std::move(sources), web, clock).look(what, {});
  }

  const std::string one = "https://one.example", two = "https://two.example/mirror";
  FakeWeb web;
  FakeClock clock;
};

TEST(ReleaseIndexTest, KnowsThreeForms) {
  EXPECT_EQ(ReleaseIndex::parse("docker_img")->text(), "docker_img");
  EXPECT_EQ(ReleaseIndex::parse("docker_img/update/2024-02-29")->date(), "2024-02-29");
  EXPECT_TRUE(ReleaseIndex::parse("docker_img/update/current")->is_current());
  EXPECT_EQ(ReleaseIndex::parse("docker_img/update/current")->date(), "");
  EXPECT_EQ(ReleaseIndex::first().date(), "");
}

TEST(ReleaseIndexTest, RefusesAllOthersAndNamesTheThree) {
  for (const char* text :
       {"", "docker_img/", "/docker_img", "docker_img/update", "docker_img/update/",
        "docker_img/update/2023-02-29", "docker_img/update/2024-13-01", "docker_img/update/2024-6-1",
        "docker_img/update/2024-06-01/", "docker_img/update/20240601", "docker_img/update/-024-06-01",
        "docker_img/update/2024-06-+1", "docker_img/../x", "DOCKER_IMG", "docker_img/update/Current"}) {
    auto index = ReleaseIndex::parse(text);
    ASSERT_FALSE(index.has_value()) << text;
    EXPECT_EQ(index.error().kind(), ErrorKind::invalid);
    EXPECT_THAT(index.error().text(),
                AllOf(HasSubstr("docker_img, "), HasSubstr("docker_img/update/YYYY-MM-DD"),
                      HasSubstr("docker_img/update/current")));
  }
}

TEST_F(ReleaseRepositoryTest, AsksByTheUrlRules) {
  release(one, amd64, "amd");
  release(one, arm64, "arm");
  release(one, loong64, "loong");
  auto found = look({one + "/"});
  ASSERT_TRUE(found.has_value()) << found.error().text();
  ASSERT_EQ(found->archives.size(), 3u);
  EXPECT_EQ(found->archives[0].url,
            "https://one.example/openEuler-24.03-LTS-SP1/docker_img/x86_64/openEuler-docker.x86_64.tar.xz");
  EXPECT_EQ(found->archives[0].checksum, digest_of("amd"));
  EXPECT_EQ(found->archives[0].source, one);
  EXPECT_EQ(found->archives[1].platform, arm64);
  EXPECT_EQ(found->archives[2].url,
            "https://one.example/openEuler-24.03-LTS-SP1/docker_img/loongarch64/"
            "openEuler-docker.loongarch64.tar.xz");
  EXPECT_TRUE(found->not_released.empty());
  EXPECT_EQ(web.asked.size(), 3u) << "one request for each architecture";
}

TEST_F(ReleaseRepositoryTest, AnUpdateHasItsOwnAddress) {
  release(one, amd64, "amd", "docker_img/update/2024-06-01");
  release(one, arm64, "arm", "docker_img/update/2024-06-01");
  auto found = look({one}, wanted("docker_img/update/2024-06-01"));
  ASSERT_TRUE(found.has_value());
  EXPECT_THAT(found->archives[0].url, HasSubstr("/docker_img/update/2024-06-01/x86_64/"));
}

TEST_F(ReleaseRepositoryTest, AnOptionalArchitectureThatIsMissingIsANote) {
  release(one, amd64);
  release(one, arm64);
  auto found = look({one});
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(found->archives.size(), 2u);
  EXPECT_THAT(found->not_released, ElementsAre(loong64));
}

TEST_F(ReleaseRepositoryTest, ARequiredArchitectureThatIsMissingIsAnErrorAndNoOtherSourceServes) {
  release(one, amd64);
  release(two, amd64);
  release(two, arm64);
  auto found = look({one, two});
  ASSERT_FALSE(found.has_value());
  EXPECT_EQ(found.error().kind(), ErrorKind::not_found);
  EXPECT_EQ(found.error().text(),
            "openEuler 24.03-LTS-SP1 has no arm64 in docker_img at https://one.example: "
            "https://one.example/openEuler-24.03-LTS-SP1/docker_img/aarch64/"
            "openEuler-docker.aarch64.tar.xz.sha256sum"
            " → 404");
}

TEST_F(ReleaseRepositoryTest, AnyOtherFailureIsAnErrorForOptionalArchitecturesToo) {
  release(one, amd64);
  release(one, arm64);
  web.files[one + "/" + path_of(loong64) + ".sha256sum"].status = 500;
  auto found = look({one});
  ASSERT_FALSE(found.has_value());
  EXPECT_EQ(found.error().kind(), ErrorKind::unavailable);
  EXPECT_THAT(found.error().text(), AllOf(HasSubstr("loongarch64"), HasSubstr("→ 500")));
  web.files[one + "/" + path_of(loong64) + ".sha256sum"].status = 403;
  EXPECT_EQ(look({one}).error().kind(), ErrorKind::denied);
}

TEST_F(ReleaseRepositoryTest, TheFirstSourceThatHasTheVersionServes) {
  release(two, amd64);
  release(two, arm64);
  auto found = look({one, two});
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(found->archives[0].source, two);
  release(one, amd64);
  release(one, arm64);
  EXPECT_EQ(look({one, two})->archives[0].source, one);
}

TEST_F(ReleaseRepositoryTest, ASourceThatIsDownIsPassedOver) {
  web.hosts_down = {one};
  release(two, amd64);
  release(two, arm64);
  ASSERT_TRUE(look({one, two}).has_value());
}

TEST_F(ReleaseRepositoryTest, WhenNobodyHasItEachAddressIsNamedWithWhatItSaid) {
  auto nowhere = look({one, two});
  ASSERT_FALSE(nowhere.has_value());
  EXPECT_EQ(nowhere.error().kind(), ErrorKind::not_found);
  for (const std::string& source : {one, two})
    for (const Platform& platform : {amd64, arm64})
      EXPECT_THAT(nowhere.error().text(), HasSubstr(source + "/" + path_of(platform) + ".sha256sum → 404"));
  EXPECT_THAT(nowhere.error().text(), Not(HasSubstr("loongarch64")));

  web.hosts_down = {two};
  auto unknown = look({one, two});
  EXPECT_EQ(unknown.error().kind(), ErrorKind::unavailable) << "the one that is down may have it";
  EXPECT_THAT(unknown.error().text(), AllOf(HasSubstr("→ 404"), HasSubstr("connection refused"),
                                            HasSubstr("was not found in docker_img")));
}

TEST_F(ReleaseRepositoryTest, APageInPlaceOfAChecksumFileIsCorruptAndNoOtherSourceServes) {
  web.put(one + "/" + path_of(amd64) + ".sha256sum", "<html>please log in</html>");
  web.put(one + "/" + path_of(arm64) + ".sha256sum", "<html>please log in</html>");
  release(two, amd64);
  release(two, arm64);
  auto found = look({one, two});
  ASSERT_FALSE(found.has_value());
  EXPECT_EQ(found.error().kind(), ErrorKind::corrupt);
  EXPECT_THAT(found.error().text(), AllOf(HasSubstr(one), HasSubstr("it is not a checksum file")));
}

TEST_F(ReleaseRepositoryTest, RefusesWhatIsNoVersionAndNoSource) {
  for (const char* version : {"", "../../etc", "24.03/x", "24.03 LTS", "a..b", ".hidden", "24.03%2f"}) {
    ReleaseWanted what = wanted();
    what.version = version;
    EXPECT_EQ(look({one}, what).error().kind(), ErrorKind::invalid) << version;
  }
  for (const char* source : {"", "ftp://one.example", "https://user:secret@one.example",
                             "https://one.example/?a=b", "https://", "file://other-host/x"}) {
    auto found = look({source});
    ASSERT_FALSE(found.has_value()) << source;
    EXPECT_EQ(found.error().kind(), ErrorKind::invalid) << source;
    EXPECT_THAT(found.error().text(), Not(HasSubstr("secret")));
  }
  EXPECT_EQ(look({}).error().kind(), ErrorKind::invalid);
  EXPECT_EQ(look({one}, {"24.03-LTS", ReleaseIndex::first(), {}, {}}).error().kind(), ErrorKind::invalid);
  EXPECT_TRUE(web.asked.empty());
}

TEST_F(ReleaseRepositoryTest, StopsWhenAsked) {
  std::stop_source stop;
  stop.request_stop();
  EXPECT_EQ(ReleaseRepository({one}, web, clock).look(wanted(), stop.get_token()).error().kind(),
            ErrorKind::cancelled);
}

TEST_F(ReleaseRepositoryTest, ListsAFolderOfASource) {
  web.put(one + "/openEuler-24.03-LTS-SP1/docker_img/update/",
          R"(<a href="../">../</a><a href="2024-06-01/">2024-06-01/</a><a href="current/">current/</a>)");
  ReleaseRepository repository({one}, web, clock);
  auto listing = repository.list(one, "openEuler-24.03-LTS-SP1/docker_img/update", {});
  ASSERT_TRUE(listing.has_value() && listing->has_value());
  EXPECT_THAT((*listing)->folders, ElementsAre("2024-06-01", "current"));
  EXPECT_FALSE(repository.list(one, "nowhere", {})->has_value());
}

TEST_F(ReleaseRepositoryTest, FindsTheDateOfTheCurrentUpdateByItsChecksums) {
  std::string folder = one + "/openEuler-24.03-LTS-SP1/docker_img/update/";
  web.put(folder, R"(<a href="2024-05-01/">a</a><a href="2024-07-01/">b</a><a href="2024-06-01/">c</a>)"
                  R"(<a href="2024-99-01/">d</a><a href="current/">e</a>)");
  for (std::string_view index : {"docker_img/update/current", "docker_img/update/2024-06-01"}) {
    release(one, amd64, "amd of june", index);
    release(one, arm64, "arm of june", index);
  }
  // The next update is just appearing: one architecture is there already.
  release(one, arm64, "arm of july", "docker_img/update/2024-07-01");
  ReleaseRepository repository({one}, web, clock);
  ReleaseWanted current = wanted("docker_img/update/current");
  auto found = repository.look(current, {});
  ASSERT_TRUE(found.has_value()) << found.error().text();
  web.asked.clear();
  auto date = repository.date_of_current(*found, current, {});
  ASSERT_TRUE(date.has_value()) << date.error().text();
  EXPECT_EQ(*date, "2024-06-01");
  EXPECT_LE(web.asked.size(), 4u);
}

TEST_F(ReleaseRepositoryTest, ACurrentUpdateWithoutADatedDirectoryHasNoDate) {
  release(one, amd64, "x", "docker_img/update/current");
  release(one, arm64, "x", "docker_img/update/current");
  ReleaseRepository repository({one}, web, clock);
  ReleaseWanted current = wanted("docker_img/update/current");
  Release found = *repository.look(current, {});
  EXPECT_EQ(*repository.date_of_current(found, current, {}), std::nullopt);
  web.files[one + "/openEuler-24.03-LTS-SP1/docker_img/update/"].status = 403;
  EXPECT_EQ(*repository.date_of_current(found, current, {}), std::nullopt) << "no listings are shown";
  web.files[one + "/openEuler-24.03-LTS-SP1/docker_img/update/"].status = 502;
  EXPECT_EQ(repository.date_of_current(found, current, {}).error().kind(), ErrorKind::unavailable);
}

class FolderSourceTest : public ReleaseRepositoryTest {
 protected:
  FolderSourceTest() {
    std::string pattern = (fs::temp_directory_path() / "upstream-test-XXXXXX").string();
    folder_ = mkdtemp(pattern.data());
  }
  ~FolderSourceTest() override { fs::remove_all(folder_); }
  void put(const std::string& path, std::string_view content) {
    fs::create_directories((folder_ / path).parent_path());
    std::ofstream(folder_ / path) << content;
  }
  fs::path folder_;
};

TEST_F(FolderSourceTest, AFolderIsASourceLikeAnyOther) {
  put(path_of(amd64) + ".sha256sum", checksum_line(amd64, "amd"));
  put(path_of(arm64) + ".sha256sum", checksum_line(arm64, "arm"));
  for (const std::string& source : {folder_.string(), folder_.string() + "/", "file://" + folder_.string(),
                                    "file://localhost" + folder_.string()}) {
    auto found = look({one, source});
    ASSERT_TRUE(found.has_value()) << source << ": " << found.error().text();
    EXPECT_EQ(found->archives[0].url, (folder_ / path_of(amd64)).string());
    EXPECT_TRUE(ReleaseRepository::is_local(found->archives[0]));
    EXPECT_THAT(found->not_released, ElementsAre(loong64));
  }
}

TEST_F(FolderSourceTest, WhatMayNotBeReadIsAnErrorAndNotMissing) {
  put(path_of(amd64) + ".sha256sum", checksum_line(amd64, "amd"));
  put(path_of(arm64) + ".sha256sum", checksum_line(arm64, "arm"));
  fs::create_directories(folder_ /
                         (path_of(loong64) + ".sha256sum"));  // a folder cannot be read, not by root either
  auto found = look({folder_.string()});
  ASSERT_FALSE(found.has_value());
  EXPECT_NE(found.error().kind(), ErrorKind::not_found);
  EXPECT_THAT(found.error().text(), HasSubstr("loongarch64"));
}

TEST_F(FolderSourceTest, FindsTheDateBehindTheLinkNamedCurrent) {
  for (const Platform& platform : {amd64, arm64})
    put(path_of(platform, "docker_img/update/2024-06-01") + ".sha256sum", checksum_line(platform, "june"));
  fs::create_directory_symlink("2024-06-01", folder_ / "openEuler-24.03-LTS-SP1/docker_img/update/current");
  ReleaseRepository repository({folder_.string()}, web, clock);
  ReleaseWanted current = wanted("docker_img/update/current");
  Release found = *repository.look(current, {});
  EXPECT_EQ(*repository.date_of_current(found, current, {}), "2024-06-01");
  auto listing = *repository.list(folder_.string(), "openEuler-24.03-LTS-SP1/docker_img/update", {});
  EXPECT_THAT(listing->folders, UnorderedElementsAre("2024-06-01", "current"));
  EXPECT_FALSE(repository.list(folder_.string(), "nowhere", {})->has_value());
}

}  // namespace
}  // namespace eulerpublisher
