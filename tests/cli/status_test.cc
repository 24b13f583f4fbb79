// `container status`: every registry against the policy and the journal.

#include "cli/publishing.h"

namespace eulerpublisher {
namespace {

using nlohmann::json;
using test::Ran;
using testing::HasSubstr;

class StatusCommand : public Publishing {
 protected:
  void SetUp() override {
    Publishing::SetUp();
    test::write_text(machine / "tags.yaml", "24.03-LTS: []\n24.03-LTS-SP1: [latest]\n");
    site.put_both();
  }
  Words policy() const { return {"--policy", (machine / "tags.yaml").string()}; }

  Ran status(const test::Machine& at, const Words& targets, Words more = {}) {
    Words words{"container", "status", "--policy", (machine / "tags.yaml").string()};
    for (const std::string& target : targets) words.insert(words.end(), {"-g", target});
    words.insert(words.end(), more.begin(), more.end());
    return at.run(words);
  }
  // What one registry says of a tag.
  json entry(const Ran& ran, const std::string& tag, size_t registry = 0) {
    json document = json_of(ran);
    for (const json& one : document["tags"])
      if (one["tag"] == tag) return one["registries"][registry];
    ADD_FAILURE() << "no " << tag << " in " << ran.out;
    return {};
  }
};

TEST_F(StatusCommand, AgreesWithWhatWasPublishedFromHere) {
  auto& registry = start_registry();
  expect_success(publish({registry.address()}, policy()));
  Ran ran = status(machine, {registry.address(), oci("empty")}, {"--json"});
  expect_success(ran);
  for (const char* tag : {own_tag.c_str(), "latest"}) {
    EXPECT_EQ(entry(ran, tag)["state"], "published");
    EXPECT_EQ(entry(ran, tag)["journal"]["state"], "agreed");
    EXPECT_EQ(entry(ran, tag)["journal"]["digest"], entry(ran, tag)["digest"]);
    EXPECT_EQ(entry(ran, tag, 1)["state"], "absent");
    EXPECT_EQ(entry(ran, tag, 1)["journal"]["state"], "never released from here");
  }
  EXPECT_EQ(entry(ran, "24.03-lts")["state"], "absent");
  EXPECT_THAT(ran.err, HasSubstr(", as released"));
  std::string receipt = entry(ran, "latest")["journal"]["receipt"];
  expect_success(machine.run({"container", "history", receipt}));
}

TEST_F(StatusCommand, SaysWhoseTagWasMovedBySomebodyElse) {
  expect_success(publish({oci()}, policy()));
  test::ReleaseSite newer;
  newer.put_both(test::sp1, "docker_img", "2024-09-01T10:00:00Z");
  test::Machine other;
  expect_success(other.run({"container", "publish", "-v", test::sp1, "-g", oci(), "--source",
                            newer.folder().string(), "--policy", (machine / "tags.yaml").string()}));
  Ran here = status(machine, {oci()}, {"--json"}), there = status(other, {oci()}, {"--json"});
  expect_success(here);
  EXPECT_EQ(entry(here, "latest")["state"], "published");
  EXPECT_EQ(entry(here, "latest")["journal"]["state"], "moved by somebody else");
  EXPECT_THAT(here.err, HasSubstr("somebody else has moved it since"));
  EXPECT_EQ(entry(there, "latest")["journal"]["state"], "agreed");
  // Whoever looks at it and finds it right answers for it from then on.
  expect_success(machine.run({"container", "publish", "-v", test::sp1, "-g", oci(), "--source",
                              newer.folder().string(), "--policy", (machine / "tags.yaml").string()}));
  EXPECT_EQ(entry(status(machine, {oci()}, {"--json"}), "latest")["journal"]["state"], "agreed");
}

TEST_F(StatusCommand, TellsOfARegistryThatCannotBeLookedAt) {
  Ran ran = status(machine, {"127.0.0.1:1", oci()}, {"--json", "--retries", "0"});
  EXPECT_EQ(ran.status, 1) << test::told(ran);
  EXPECT_EQ(json_of(ran)["problems"][0]["registry"], "127.0.0.1:1");
  EXPECT_EQ(entry(ran, "latest")["state"], "could not look");
  EXPECT_EQ(entry(ran, "latest", 1)["state"], "absent");
}

}  // namespace
}  // namespace eulerpublisher
