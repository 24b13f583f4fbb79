// Several -g at once: one conversion, all uploads; and what happens when one of them is down, refuses, or
// breaks in the middle.

#include "cli/publishing.h"

namespace eulerpublisher {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using test::Ran;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class SeveralRegistries : public Publishing {
 protected:
  void SetUp() override {
    Publishing::SetUp();
    site.put_both();
  }

  static std::string nowhere() { return fmt::format("127.0.0.1:{}", test::free_port()); }

  // nginx in front of a registry, with lines of its own: a registry that goes wrong where they say so.
  std::string in_front_of(const test::RegistryServer& registry, const std::string& lines) {
    std::string pass = "proxy_pass " + registry.url() + "; proxy_set_header Host $http_host;";
    auto started = test::NginxServer::start(
        empty_.path(), {.more = "client_max_body_size 0; " + lines + " location / { " + pass + " }"});
    fronts_.push_back(std::move(started).value());
    return fronts_.back()->url().substr(std::string("http://").size());
  }
  // Of in_front_of(): a location that lets reading pass and answers writes with 403.
  static std::string read_only(const test::RegistryServer& registry, const std::string& pattern) {
    return "location ~ " + pattern + " { limit_except GET HEAD { deny all; } proxy_pass " + registry.url() +
           "; proxy_set_header Host $http_host; }";
  }

 private:
  test::TempFolder empty_;
  std::vector<std::unique_ptr<test::NginxServer>> fronts_;
};

TEST_F(SeveralRegistries, AreFedFromOneConversionAndGetTheSameDigest) {
  auto &a = start_registry(), &b = start_registry(), &c = start_registry();
  Ran ran = publish({a.address(), b.address(), c.address(), oci()});
  expect_success(ran);
  EXPECT_EQ(test::count_lines(ran.err, "amd64 image: started"), 1u) << ran.err;
  EXPECT_EQ(site.archives_asked(), 2u);
  EXPECT_EQ(test::tagged_in(a, own_tag), test::tagged_in(b, own_tag));
  EXPECT_EQ(test::tagged_in(a, own_tag), test::tagged_in(c, own_tag));
  EXPECT_EQ(test::tagged_in(a, own_tag), test::tagged_in_layout(layout(), own_tag));
}

TEST_F(SeveralRegistries, WhenOneIsDownNothingIsFetchedAndNothingMoves) {
  auto& works = start_registry();
  std::string down = nowhere();
  expect_failure(publish({works.address(), down}, {"--retries", "0"}), 1, down);
  EXPECT_THAT(test::tags_in(works), IsEmpty());
  EXPECT_EQ(test::writes_to(works), 0u);
  EXPECT_EQ(site.archives_asked(), 0u);
}

// Two repositories of one registry, as a file of registries may name them.
TEST_F(SeveralRegistries, OfWhichTwoAreOneGetItsBlobsOnce) {
  auto& registry = start_registry();
  test::write_text(machine / "registries.yaml", fmt::format("one: [U, P, {0}/one/name]\n"
                                                            "two: [U, P, {0}/two/name]\n",
                                                            registry.address()));
  const test::Environment login{{"U", "somebody"}, {"P", "a password"}};
  const Words file{"-m", (machine / "registries.yaml").string(), "--json"};
  expect_success(machine.run(words("prepare", {})));
  Ran ran = machine.run(words("push", {}, file), login);
  expect_success(ran);
  json receipt = json_of(ran);
  for (size_t place : {0, 1}) EXPECT_EQ(receipt["registries"][place]["state"], "done") << receipt;
  int sent = 0;
  for (const json& place : receipt["registries"]) sent += place["blobs_sent"].get<int>();
  EXPECT_EQ(sent, 5) << "three different layers and two configurations, the rest is mounted: " << receipt;
  EXPECT_TRUE(test::tagged_in(registry, own_tag, "one/name").has_value());
  EXPECT_EQ(test::tagged_in(registry, own_tag, "one/name"), test::tagged_in(registry, own_tag, "two/name"));
}

TEST_F(SeveralRegistries, OfWhichTwoAreOneAreHeldApart) {
  auto& registry = start_registry();
  std::string front = in_front_of(registry, read_only(registry, "^/v2/two/name/manifests/"));
  test::write_text(machine / "registries.yaml",
                   fmt::format("one: [U, P, {0}/one/name]\ntwo: [U, P, {0}/two/name]\n", front));
  const test::Environment login{{"U", "somebody"}, {"P", "a password"}};
  Words file{"-m", (machine / "registries.yaml").string(), "--retries", "0"};
  expect_failure(machine.run(words("publish", {}, file), login), 1, front + "/two/name");
  EXPECT_FALSE(test::tagged_in(registry, own_tag, "one/name").has_value());
  file.insert(file.end(), {"--best-effort", "--json"});
  Ran ran = machine.run(words("publish", {}, file), login);
  EXPECT_EQ(ran.status, 3) << test::told(ran);
  EXPECT_EQ(json_of(ran)["registries"][0]["state"], "done");
  EXPECT_EQ(json_of(ran)["registries"][1]["state"], "behind");
  EXPECT_TRUE(test::tagged_in(registry, own_tag, "one/name").has_value());
  EXPECT_FALSE(test::tagged_in(registry, own_tag, "two/name").has_value());
}

TEST_F(SeveralRegistries, WithBestEffortTheOthersGetItAndTheReceiptNamesWhoIsBehind) {
  auto& works = start_registry();
  std::string down = nowhere();
  Ran ran = publish({down, works.address()}, {"--retries", "0", "--best-effort", "--json"});
  EXPECT_EQ(ran.status, 3) << test::told(ran);
  EXPECT_TRUE(test::tagged_in(works, own_tag).has_value());
  json receipt = json_of(ran);
  EXPECT_EQ(receipt["result"], "behind");
  EXPECT_EQ(receipt["registries"][0]["name"], down);
  EXPECT_EQ(receipt["registries"][0]["state"], "behind");
  EXPECT_THAT(receipt["registries"][0]["error"].get<std::string>(), HasSubstr(down));
  EXPECT_EQ(receipt["registries"][1]["state"], "done");
}

TEST_F(SeveralRegistries, WithBestEffortAndNoneThatWorksItHasFailed) {
  Ran ran = publish({nowhere(), nowhere()}, {"--retries", "0", "--best-effort"});
  expect_failure(ran, 1, "127.0.0.1");
}

TEST_F(SeveralRegistries, TheOneThatWasBehindIsCaughtUpByTheNextRunWithoutFetching) {
  auto &first = start_registry(), &second = start_registry();
  second.stop();
  EXPECT_EQ(publish({first.address(), second.address()}, {"--retries", "0", "--best-effort"}).status, 3);
  ASSERT_TRUE(second.restart().has_value());
  size_t writes = test::writes_to(first);
  expect_success(publish({first.address(), second.address()}));
  EXPECT_EQ(test::tagged_in(second, own_tag), test::tagged_in(first, own_tag));
  EXPECT_EQ(test::writes_to(first), writes);
  EXPECT_EQ(site.archives_asked(), 2u);
}

TEST_F(SeveralRegistries, OneThatTakesNoBlobsLeavesTheOtherWithoutTags) {
  auto &works = start_registry(), &behind = start_registry();
  std::string refuses = in_front_of(behind, read_only(behind, "/blobs/uploads/"));
  expect_failure(publish({works.address(), refuses}), 1, refuses);
  EXPECT_THAT(test::tags_in(works), IsEmpty());
  EXPECT_THAT(test::tags_in(behind), IsEmpty());
}

TEST_F(SeveralRegistries, OneThatTakesNoTagSendsTheOtherBackToWhatItHad) {
  auto &works = start_registry(), &behind = start_registry();
  expect_success(publish({works.address(), behind.address()}));
  auto before = test::tagged_in(works, own_tag);
  site.put_both(test::sp1, "docker_img", "2024-07-01T10:00:00Z");
  std::string refuses = in_front_of(behind, read_only(behind, "/manifests/24.03-lts-sp1$"));
  Ran ran = publish({works.address(), refuses}, {"--json"});
  expect_failure(ran, 1, refuses);
  EXPECT_EQ(test::tagged_in(works, own_tag), before);
  EXPECT_EQ(test::tagged_in(behind, own_tag), before);
  json receipt = json_of(ran);
  EXPECT_EQ(receipt["registries"][0]["tags"][0]["state"], "undone") << ran.out;
  EXPECT_EQ(receipt["registries"][1]["tags"][0]["state"], "failed") << ran.out;
}

TEST_F(SeveralRegistries, OneThatLosesALayerIsFoundOutBeforeAnyTagMoves) {
  auto &works = start_registry(), &behind = start_registry();
  expect_success(machine.run(words("prepare", {})));
  json index =
      json::parse(test::read_text(machine.store() / "blobs/sha256" /
                                  std::string(test::tagged_in_layout(machine.store(), own_tag)->hex())));
  auto blob = [&](const json& descriptor) {
    return json::parse(test::read_text(machine.store() / "blobs/sha256" /
                                       descriptor["digest"].get<std::string>().substr(7)));
  };
  std::string layer = blob(index["manifests"][0])["layers"][0]["digest"];
  std::string forgets = in_front_of(behind, "location ~ /blobs/" + layer + " { return 404; }");
  Ran ran = publish({works.address(), forgets});
  expect_failure(ran, 1, layer.substr(0, 19));
  EXPECT_THAT(test::tags_in(works), IsEmpty());
  EXPECT_THAT(test::tags_in(behind), IsEmpty());
}

TEST_F(SeveralRegistries, ASlowOneDoesNotHoldUpTheOthersTransfers) {
  auto &fast = start_registry(), &slow = start_registry();
  std::string limited = in_front_of(slow, "location ~ /blobs/sha256 { limit_rate 4k; proxy_pass " +
                                              slow.url() + "; proxy_set_header Host $http_host; }");
  expect_success(publish({fast.address(), limited}));
  EXPECT_EQ(test::tagged_in(fast, own_tag), test::tagged_in(slow, own_tag));
}

TEST_F(SeveralRegistries, TheSameOneTwiceIsAMistake) {
  expect_failure(publish({"127.0.0.1:5000", "127.0.0.1:5000"}), 2, "127.0.0.1:5000 is named twice");
  expect_failure(publish({oci(), oci()}), 2, "is named twice");
  EXPECT_FALSE(fs::exists(layout()));
}

TEST_F(SeveralRegistries, TheSameOneUnderTwoSpellingsIsAMistakeToo) {
  expect_failure(publish({"docker.io", "index.docker.io"}, {"--dry-run"}), 2, "twice");
  expect_failure(publish({oci("images"), "oci:" + (machine / "images/").string()}), 2, "twice");
}

}  // namespace
}  // namespace eulerpublisher
