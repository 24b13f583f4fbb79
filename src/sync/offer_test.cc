#include "sync/offer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/fake_web.h"
#include "support/http_fakes.h"

namespace eulerpublisher::sync {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

const std::string repo = "https://repo.example";
const std::string archives = "https://archives.example";

// A release repository in memory: archives are their checksum files, folders their listings.
struct OfferTest : testing::Test {
  test::FakeWeb web;
  test::FakeClock clock;
  OfferReader reader{web, clock};
  Sought sought{*Version::parse("24.03-LTS-SP1"),
                {repo},
                {*Platform::parse("amd64"), *Platform::parse("arm64")},
                {*Platform::parse("loong64")}};

  static std::string at(const std::string& index, const std::string& source = repo) {
    return source + "/openEuler-24.03-LTS-SP1/" + index + "/";
  }
  static std::string checksum_of(const std::string& machine, const std::string& index,
                                 const std::string& source = repo) {
    return at(index, source) + machine + "/openEuler-docker." + machine + ".tar.xz.sha256sum";
  }
  void put(const std::string& machine, const std::string& index, char letter,
           const std::string& source = repo) {
    web.put(checksum_of(machine, index, source),
            std::string(64, letter) + "  openEuler-docker." + machine + ".tar.xz\n");
  }
  void put_both(const std::string& index, char letter, const std::string& source = repo) {
    for (const char* machine : {"x86_64", "aarch64"}) put(machine, index, letter, source);
  }
  void list(const std::string& folder, const std::vector<std::string>& names,
            const std::string& source = repo) {
    std::string html = "<pre>";
    for (const std::string& name : names) html += "<a href=\"" + name + "/\">" + name + "/</a>\n";
    web.put(at(folder, source), html);
  }

  std::string newest(const Offer& offer) {
    return offer.problem ? offer.problem->text() : offer.newest ? offer.newest->index.text() : "nothing";
  }
  std::string newest() { return newest(reader.read(sought, {})); }
};

TEST_F(OfferTest, IsTheNewestUpdate) {
  list("docker_img/update", {"2024-06-01", "2024-11-30", "current"});
  put_both("docker_img", 'a');
  put_both("docker_img/update/2024-06-01", 'b');
  put_both("docker_img/update/2024-11-30", 'c');
  EXPECT_EQ(newest(), "docker_img/update/2024-11-30");
}

TEST_F(OfferTest, IsTheFirstReleaseWhereThereAreNoUpdates) {
  put_both("docker_img", 'a');
  Offer offer = reader.read(sought, {});
  EXPECT_EQ(newest(offer), "docker_img");
  EXPECT_THAT(offer.not_yet, IsEmpty());
}

TEST_F(OfferTest, AnUpdateThatLacksAnArchitectureIsNotYet) {
  list("docker_img/update", {"2024-06-01", "2024-11-30"});
  put_both("docker_img/update/2024-06-01", 'b');
  put("aarch64", "docker_img/update/2024-11-30", 'c');
  Offer offer = reader.read(sought, {});
  EXPECT_EQ(newest(offer), "docker_img/update/2024-06-01");
  ASSERT_EQ(offer.not_yet.size(), 1u);
  EXPECT_EQ(offer.not_yet[0].index.text(), "docker_img/update/2024-11-30");
  EXPECT_THAT(offer.not_yet[0].because, HasSubstr("no amd64"));
  put("x86_64", "docker_img/update/2024-11-30", 'c');
  EXPECT_EQ(newest(), "docker_img/update/2024-11-30");
}

TEST_F(OfferTest, AChecksumFileThatIsNotWholeIsNotYet) {
  list("docker_img/update", {"2024-06-01"});
  put_both("docker_img/update/2024-06-01", 'b');
  web.put(checksum_of("x86_64", "docker_img/update/2024-06-01"), "");
  put_both("docker_img", 'a');
  Offer offer = reader.read(sought, {});
  EXPECT_EQ(newest(offer), "docker_img");
  EXPECT_EQ(offer.not_yet.size(), 1u);
}

TEST_F(OfferTest, WithoutDockerImgThereIsNothing) {
  EXPECT_TRUE(reader.read(sought, {}).absent());
  list("docker_img", {"x86_64"});
  Offer offer = reader.read(sought, {});
  EXPECT_FALSE(offer.absent()) << "a folder that is being filled";
  EXPECT_EQ(newest(offer), "nothing");
}

TEST_F(OfferTest, IsFoundAtTheSourceThatHasIt) {
  sought.sources = {repo, archives};
  list("docker_img/update", {"2024-06-01"}, archives);
  put_both("docker_img/update/2024-06-01", 'b', archives);
  EXPECT_EQ(newest(), "docker_img/update/2024-06-01");
}

TEST_F(OfferTest, AServerThatShowsNoListingsIsAskedForCurrent) {
  web.files[at("docker_img/update")].status = 403;
  put_both("docker_img", 'a');
  EXPECT_EQ(newest(), "docker_img");
  put_both("docker_img/update/current", 'b');
  Offer offer = reader.read(sought, {});
  EXPECT_EQ(newest(offer), "docker_img/update/current");
  EXPECT_THAT(offer.updates, IsEmpty());
}

TEST_F(OfferTest, ASourceThatIsDownIsAProblemAndNoOffer) {
  web.hosts_down = {repo};
  Offer offer = reader.read(sought, {});
  EXPECT_FALSE(offer.absent());
  ASSERT_TRUE(offer.problem);
  EXPECT_EQ(offer.problem->kind(), ErrorKind::unavailable);
}

TEST_F(OfferTest, WhatIsPublishedIsLookedAtWithTwoRequests) {
  sought.sources = {archives, repo};
  list("docker_img/update", {"2024-06-01", "current"}, archives);
  put_both("docker_img/update/2024-06-01", 'b', archives);
  Offer before = reader.read(sought, {});
  for (size_t turn = 1; turn < 4; ++turn) {
    web.asked.clear();
    Offer again = reader.look_again(sought, before, turn, {});
    EXPECT_EQ(newest(again), "docker_img/update/2024-06-01");
    EXPECT_EQ(web.asked.size(), 2u) << "turn " << turn;
  }
}

TEST_F(OfferTest, ADayThatIsReleasedAgainIsSeenAtTheNextLook) {
  list("docker_img/update", {"2024-06-01"});
  put_both("docker_img/update/2024-06-01", 'b');
  Offer before = reader.read(sought, {});
  put_both("docker_img/update/2024-06-01", 'c');
  for (size_t turn : {0u, 1u}) {
    Offer again = reader.look_again(sought, before, turn, {});
    ASSERT_TRUE(again.newest);
    for (const Archive& archive : again.newest->release.archives)
      EXPECT_EQ(archive.checksum.hex(), std::string(64, 'c'));
  }
}

TEST_F(OfferTest, AnArchitectureThatComesLaterOrIsReplacedAloneIsSeenWhenItIsItsTurn) {
  put_both("docker_img", 'a');
  Offer before = reader.read(sought, {});
  put("loongarch64", "docker_img", 'a');
  auto seen = [&](size_t turn) { return reader.look_again(sought, before, turn, {}); };
  EXPECT_EQ(seen(0).newest->release.archives.size(), 2u);
  EXPECT_EQ(seen(2).newest->release.archives.size(), 3u);
  put("aarch64", "docker_img", 'b');
  EXPECT_EQ(seen(3).newest->release.archives[1].checksum.hex(), std::string(64, 'a'));
  EXPECT_EQ(seen(4).newest->release.archives[1].checksum.hex(), std::string(64, 'b'));
  web.files.erase(checksum_of("x86_64", "docker_img"));
  EXPECT_EQ(newest(seen(3)), "nothing");
}

TEST_F(OfferTest, WhatAnotherPolicyAskedForIsReadAnew) {
  put_both("docker_img", 'a');
  Offer before = reader.read(sought, {});
  std::swap(sought.optional, sought.required);
  EXPECT_EQ(newest(reader.look_again(sought, before, 0, {})), "nothing") << "loong64 is required now";
  sought.required = {*Platform::parse("amd64")};
  sought.optional = {};
  EXPECT_EQ(reader.look_again(sought, before, 0, {}).newest->release.archives.size(), 1u);
  put("x86_64", "docker_img", 'c', archives);
  sought.sources = {archives};
  EXPECT_EQ(reader.look_again(sought, before, 0, {}).newest->release.archives[0].source, archives);
}

TEST_F(OfferTest, ANewUpdateIsSeenAtTheNextLook) {
  list("docker_img/update", {"2024-06-01"});
  put_both("docker_img/update/2024-06-01", 'b');
  Offer before = reader.read(sought, {});
  list("docker_img/update", {"2024-06-01", "2024-11-30"});
  put_both("docker_img/update/2024-11-30", 'c');
  EXPECT_EQ(newest(reader.look_again(sought, before, 1, {})), "docker_img/update/2024-11-30");
}

TEST_F(OfferTest, CurrentSaysThatAnUpdateIsComplete) {
  list("docker_img/update", {"2024-06-01"});
  put_both("docker_img/update/2024-06-01", 'b');
  Offered update = *reader.read(sought, {}).newest;
  EXPECT_FALSE(*reader.is_current(sought, update, {})) << "away for a moment";
  put_both("docker_img/update/current", 'a');
  EXPECT_FALSE(*reader.is_current(sought, update, {})) << "still the one before";
  put_both("docker_img/update/current", 'b');
  EXPECT_TRUE(*reader.is_current(sought, update, {}));
}

}  // namespace
}  // namespace eulerpublisher::sync
