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

}  // namespace
}  // namespace eulerpublisher
