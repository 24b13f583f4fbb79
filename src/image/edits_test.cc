#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "image/adjustments.h"
#include "image/claims.h"
#include "image/config_edit.h"

namespace eulerpublisher {
namespace {

using Json = nlohmann::json;

TEST(WithoutTimeout, ChangesNumbersOnly) {
  EXPECT_EQ(without_timeout("TMOUT=300\n"), "TMOUT=0\n");
  EXPECT_EQ(without_timeout("export TMOUT=300; readonly TMOUT"), "export TMOUT=0; readonly TMOUT");
  EXPECT_EQ(without_timeout("MYTMOUT=300 TMOUT=$X TMOUT=5x"), "MYTMOUT=300 TMOUT=$X TMOUT=5x");
  EXPECT_EQ(without_timeout("TMOUT=0"), "TMOUT=0");
  EXPECT_EQ(without_timeout("TMOUT=1\nTMOUT=22"), "TMOUT=0\nTMOUT=0");
  EXPECT_EQ(without_timeout(""), "");
}

TEST(OsReleaseVersion, ReadsQuotedAndPlainValues) {
  EXPECT_EQ(os_release_version("NAME=x\nVERSION=\"24.03 (LTS-SP1)\"\nVERSION_ID=1"), "24.03 (LTS-SP1)");
  EXPECT_EQ(os_release_version("VERSION=23.09"), "23.09");
  EXPECT_EQ(os_release_version("VERSION='22.03 (LTS)'\r\n"), "22.03 (LTS)");
  EXPECT_FALSE(os_release_version("VERSION_ID=\"24.03\"\n"));
}

TEST(PlainVersion, IsTheSameForBothSpellings) {
  EXPECT_EQ(plain_version("24.03 (LTS-SP1)"), "24.03-LTS-SP1");
  EXPECT_EQ(plain_version("24.03-lts-sp1"), "24.03-LTS-SP1");
  EXPECT_EQ(plain_version("23.09"), "23.09");
  EXPECT_NE(plain_version("22.03 (LTS)"), plain_version("22.03 (LTS-SP1)"));
}

std::string config(const std::string& inner, const std::string& more = "") {
  return R"({"architecture":"amd64","os":"linux","created":"2024-06-01T10:00:00Z",)" + more + R"("config":)" +
         inner + R"(,"rootfs":{"type":"layers","diff_ids":["sha256:1"]}})";
}

TEST(EditConfig, SetsCmdOnlyWhereNothingElseWouldRun) {
  auto run = [](const std::string& inner) { return Json::parse(*edit_config(config(inner), {}))["config"]; };
  EXPECT_EQ(run("{}")["Cmd"], Json::array({"bash"}));
  EXPECT_EQ(run("null")["Cmd"], Json::array({"bash"}));
  EXPECT_EQ(run(R"({"Cmd":null,"Entrypoint":[]})")["Cmd"], Json::array({"bash"}));
  EXPECT_EQ(run(R"({"Cmd":["/bin/sh"]})")["Cmd"], Json::array({"/bin/sh"}));
  EXPECT_FALSE(run(R"({"Entrypoint":["/init"]})").contains("Cmd"));
}

TEST(EditConfig, DropsWhatOnlyDockerKnows) {
  Json edited = Json::parse(*edit_config(
      config(R"({"Hostname":"abc","Image":"sha256:2","Env":["A=b"],"Volumes":null})",
             R"("docker_version":"18.09","container":"c","container_config":{},"id":"i","parent":"p",)"),
      {}));
  for (const char* key : {"docker_version", "container", "container_config", "id", "parent"})
    EXPECT_FALSE(edited.contains(key)) << key;
  EXPECT_EQ(edited["config"], Json::parse(R"({"Cmd":["bash"],"Env":["A=b"]})"));
  EXPECT_EQ(edited["created"], "2024-06-01T10:00:00Z");
  EXPECT_EQ(edited["architecture"], "amd64");
}

TEST(EditConfig, MakesTheHistoryAccountForEveryLayer) {
  AddedLayer added{digest_of("layer"), "2024-06-01T10:00:00Z", "eulerpublisher: UTC"};
  auto history = [&](const std::string& given) {
    return Json::parse(*edit_config(config("{}", given), added))["history"];
  };
  Json kept = history(R"("history":[{"created_by":"kiwi"},{"created_by":"CMD","empty_layer":true}],)");
  ASSERT_EQ(kept.size(), 3u);
  EXPECT_EQ(kept[0]["created_by"], "kiwi");
  EXPECT_EQ(kept[2]["created_by"], "eulerpublisher: UTC");
  for (const char* wrong : {"", R"("history":[],)", R"("history":[{},{}],)", R"("history":null,)"}) {
    Json made = history(wrong);
    ASSERT_EQ(made.size(), 2u) << wrong;
    EXPECT_EQ(made[0]["created_by"], "released root file system");
  }
}

TEST(EditConfig, GivesTheSameBytesWhateverTheOrderOfKeys) {
  EXPECT_EQ(*edit_config(R"({"os":"linux","rootfs":{"diff_ids":[],"type":"layers"},"config":{}})", {}),
            *edit_config(R"({"config":{}, "rootfs":{"type":"layers","diff_ids":[]}, "os":"linux"})", {}));
}

FileFact fact(TarEntry::Type type, const std::string& name, const std::string& link = "") {
  TarEntry entry;
  entry.name = name;
  entry.type = type;
  entry.link = link;
  return {entry, {}, {}};
}

TEST(RootView, FollowsLinksWithinTheRoot) {
  using Type = TarEntry::Type;
  RootView root;
  root.add({{fact(Type::symbolic_link, "bin", "usr/bin"),
             fact(Type::symbolic_link, "usr/bin/sh", "/bin/bash"), fact(Type::file, "usr/bin/bash"),
             fact(Type::symbolic_link, "etc/os-release", "../../../usr/lib/os-release"),
             fact(Type::symbolic_link, "a", "b"), fact(Type::symbolic_link, "b", "a")},
            {},
            {}});
  EXPECT_EQ(root.resolve("bin/sh"), "usr/bin/bash");
  EXPECT_EQ(root.resolve("etc/os-release"), "usr/lib/os-release");
  EXPECT_FALSE(root.resolve("a/x"));
  ASSERT_NE(root.find("bin/sh"), nullptr);
  EXPECT_EQ(root.find("bin/sh")->entry.name, "usr/bin/bash");
}

TEST(RootView, RespectsWhiteoutsOfUpperLayers) {
  using Type = TarEntry::Type;
  RootView root;
  root.add({{fact(Type::file, "etc/a"), fact(Type::file, "etc/b"), fact(Type::file, "etcetera"),
             fact(Type::file, "usr/x")},
            {},
            {}});
  root.add({{fact(Type::file, "etc/c")}, {"usr"}, {"etc"}});
  EXPECT_EQ(root.at("etc/a"), nullptr);
  EXPECT_EQ(root.at("usr/x"), nullptr);
  EXPECT_NE(root.at("etc/c"), nullptr);
  EXPECT_NE(root.at("etcetera"), nullptr);
  root.add({{fact(Type::symbolic_link, "etc", "usr/etc")}, {}, {}});
  EXPECT_EQ(root.at("etc/c"), nullptr);
}

}  // namespace
}  // namespace eulerpublisher
