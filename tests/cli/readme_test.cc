// `container readme`: against servers that behave as the APIs' documentation says.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "support/description_server.h"
#include "support/file_tree.h"
#include "support/machine.h"

namespace eulerpublisher {
namespace {

using Kind = test::DescriptionServer::Kind;
using testing::HasSubstr;
using testing::Not;

class ReadmeCommand : public testing::Test {
 protected:
  void SetUp() override {
    test::write_tree(machine / "c",
                     {{"DB/image-list.yml", "images:\n  redis: redis\n  etcd: etcd\n"},
                      {"DB/redis/meta.yml", "7.0-oe2403lts: 7.0/24.03-lts/Dockerfile\n"},
                      {"DB/redis/7.0/24.03-lts/Dockerfile", "FROM openeuler/openeuler:24.03-lts\n"},
                      {"DB/redis/README.md", "# Redis\n"},
                      {"DB/etcd/meta.yml", "3-oe2403lts: 3/24.03-lts/Dockerfile\n"},
                      {"DB/etcd/3/24.03-lts/Dockerfile", "FROM openeuler/openeuler:24.03-lts\n"},
                      {"DB/etcd/README.md", "# etcd\n"}});
    std::string policy = "descriptions:\n";
    std::string logins;
    for (auto* server : {&hub, &quay, &harbor}) {
      server->put("openeuler/redis", "old");
      server->put("openeuler/etcd", "# etcd");
    }
    policy += "  127.0.0.1:1: {api: docker-hub, url: '" + hub.server().url("") + "'}\n";
    policy += "  127.0.0.1:2: {api: quay, url: '" + quay.server().url("") + "'}\n";
    policy += "  127.0.0.1:3: {api: harbor, url: '" + harbor.server().url("") + "'}\n";
    test::write_text(machine / "policy", policy);
    test::write_text(
        machine / "logins",
        "127.0.0.1:1: [USER_1, PASS_1]\n127.0.0.1:2: [USER_2, PASS_2]\n127.0.0.1:3: [USER_3, PASS_3]\n");
    machine.environment() = {{"USER_1", "me"},          {"PASS_1", "hub-s3cret"},
                             {"USER_2", "$oauthtoken"}, {"PASS_2", "quay-s3cret"},
                             {"USER_3", "robot$me"},    {"PASS_3", "harbor-s3cret"}};
  }
  test::Ran push(std::vector<std::string> more) {
    std::vector<std::string> words{"container",
                                   "readme",
                                   "push",
                                   (machine / "c/DB/redis").string(),
                                   (machine / "c/DB/etcd/meta.yml").string(),
                                   "--policy",
                                   (machine / "policy").string(),
                                   "-m",
                                   (machine / "logins").string(),
                                   "--retries",
                                   "0"};
    words.insert(words.end(), more.begin(), more.end());
    return machine.run(words);
  }
  static std::string states(const test::Ran& ran) {
    auto json = nlohmann::json::parse(ran.out, nullptr, false);
    std::string all;
    if (json.is_object())
      for (const auto& one : json["readmes"]) all += one["state"].get<std::string>() + " ";
    return all;
  }

  test::Machine machine;
  test::DescriptionServer hub{Kind::docker_hub, "me", "hub-s3cret"};
  test::DescriptionServer quay{Kind::quay, "", "quay-s3cret"};
  test::DescriptionServer harbor{Kind::harbor, "robot$me", "harbor-s3cret"};
};

TEST_F(ReadmeCommand, PushesToAllRegistriesWhatChanged) {
  auto dry = push({"--dry-run", "--json"});
  EXPECT_EQ(states(dry), "written unchanged written unchanged written unchanged ") << test::told(dry);
  EXPECT_EQ(hub.text("openeuler/redis"), "old");
  auto first = push({"--json", "--verbose"});
  EXPECT_EQ(first.status, 0) << test::told(first);
  EXPECT_EQ(states(first), "written unchanged written unchanged written unchanged ");
  for (auto* server : {&hub, &quay, &harbor}) EXPECT_EQ(server->text("openeuler/redis"), "# Redis\n");
  EXPECT_EQ(states(push({"--json"})), "unchanged unchanged unchanged unchanged unchanged unchanged ");
  EXPECT_THAT(test::told(first), Not(HasSubstr("s3cret")));
}

TEST_F(ReadmeCommand, GoesOnWithTheRegistriesThatWork) {
  machine.environment()["PASS_2"] = "wrong-s3cret";
  auto ran = push({});
  EXPECT_EQ(ran.status, 3) << test::told(ran);
  EXPECT_THAT(ran.err, HasSubstr("403"));
  EXPECT_THAT(test::told(ran), Not(HasSubstr("s3cret")));
  EXPECT_EQ(harbor.text("openeuler/redis"), "# Redis\n");
  EXPECT_EQ(quay.text("openeuler/redis"), "old");
}

TEST_F(ReadmeCommand, RefusesWhatItCannotPush) {
  test::write_text(machine / "c/DB/redis/README.md", std::string(25'001, 'x'));
  auto ran = push({});
  EXPECT_EQ(ran.status, 2) << test::told(ran);
  EXPECT_THAT(ran.err, HasSubstr("DB/redis/README.md has 25001 characters, and Docker Hub takes 25000"));
  std::filesystem::remove(machine / "c/DB/redis/README.md");
  EXPECT_THAT(push({}).err, HasSubstr("has no README.md"));
  auto scene = machine.run({"container", "readme", "push", (machine / "c/DB").string(), "-g", "127.0.0.1:1"});
  EXPECT_EQ(scene.status, 2) << test::told(scene);
  EXPECT_THAT(scene.err, HasSubstr("is not the folder of an image"));
  EXPECT_EQ(harbor.server().seen().size(), 0u);
}

TEST_F(ReadmeCommand, PrintsTheRightTable) {
  auto ran = machine.run({"container", "readme", "table", (machine / "c/DB/redis").string()});
  EXPECT_EQ(ran.status, 0) << test::told(ran);
  EXPECT_THAT(ran.out, HasSubstr("| redis 7.0 on openEuler 24.03-LTS | amd64, arm64  |"));
  test::write_text(machine / "c/DB/redis/README.md", ran.out);
  auto lint = machine.run({"container", "lint", (machine / "c/DB/redis").string()});
  EXPECT_THAT(lint.err, HasSubstr("1 image, 1 tag: 0 errors, 0 warnings, 0 notes"));
}

}  // namespace
}  // namespace eulerpublisher
