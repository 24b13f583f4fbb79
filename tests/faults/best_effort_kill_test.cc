// kill -9 of a --best-effort run that had already given one registry up: the next run goes on with what
// works, and nowhere do tags go back for a moment.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <nlohmann/json.hpp>
#include <thread>

#include "support/faulty_registry.h"
#include "support/machine.h"
#include "support/release_site.h"

namespace eulerpublisher::test {
namespace {

using nlohmann::json;
using std::chrono::milliseconds;

const std::string repository = "openeuler/openeuler";

class BestEffortKill : public testing::Test {
 protected:
  void SetUp() override {
    write_text(machine_ / "tags.yaml", "24.03-LTS-SP1: [24.03, latest]\n");
    older_.put_both();
    newer_.put_both(sp1, "docker_img", "2024-09-01T10:00:00Z");
    Ran old = machine_.run(words(older_));
    ASSERT_TRUE(old.ok()) << told(old);
    old_ = works_.tag(repository, "latest");
    // One registry goes down when its first tag is to be moved; the other stands still before its last.
    down_.server().add_fault({.when = on("PUT", "/manifests/24.03-lts-sp1"), .shut_door = true});
    works_.server().add_fault({.when = on("PUT", "/manifests/latest"), .stall_request_after = 0});
    size_t before = works_.server().count("PUT", "/manifests/latest");
    Process process = Process::start(machine_.command(words(newer_))).value();
    for (int waited = 0; process.running() && waited < 20'000; ++waited) {
      if (works_.server().count("PUT", "/manifests/latest") > before) break;
      std::this_thread::sleep_for(milliseconds(1));
    }
    ASSERT_TRUE(process.running()) << read_text(machine_.log());
    process.kill();
    process.wait();
    works_.server().clear_faults();
    down_.server().clear_faults();
    new_ = works_.tag(repository, "24.03");
    ASSERT_NE(new_, old_);
    ASSERT_EQ(works_.tag(repository, "latest"), old_);
  }

  std::vector<std::string> words(const ReleaseSite& site) {
    return {"container",
            "publish",
            "-v",
            sp1,
            "--policy",
            (machine_ / "tags.yaml").string(),
            "--source",
            site.folder().string(),
            "-g",
            works_.host().text(),
            "-g",
            down_.host().text(),
            "--retries",
            "0",
            "--best-effort",
            "--json"};
  }

  void expect_everything_new_at(FaultyRegistry& registry) {
    for (const char* tag : {"24.03-lts-sp1", "24.03", "latest"})
      EXPECT_EQ(registry.tag(repository, tag), new_) << tag;
  }
  // As `history` tells, newest first.
  std::vector<std::string> results() {
    std::vector<std::string> all;
    for (const json& entry : json::parse(machine_.run({"container", "history", "--json"}).out))
      all.push_back(entry["result"]);
    return all;
  }

  Machine machine_;
  ReleaseSite older_, newer_;
  FaultyRegistry works_, down_;
  std::optional<Digest> old_, new_;
};

TEST_F(BestEffortKill, IsFinishedByTheNextRunOnceTheRegistryIsBack) {
  down_.server().open_door();
  size_t moves = works_.server().count("PUT", "/manifests/24.03");
  Ran again = machine_.run(words(newer_));
  EXPECT_TRUE(again.ok()) << told(again);
  expect_everything_new_at(works_);
  expect_everything_new_at(down_);
  EXPECT_EQ(works_.server().count("PUT", "/manifests/24.03"), moves) << "tags went back and forth";
  EXPECT_THAT(results(), testing::ElementsAre("nothing to do", "published", "published")) << told(again);
}

TEST_F(BestEffortKill, IsFinishedWhereItCanBeWhileTheRegistryIsStillDown) {
  size_t moves = works_.server().count("PUT", "/manifests/24.03");
  Ran again = machine_.run(words(newer_));
  EXPECT_EQ(again.status, 3) << told(again);
  expect_everything_new_at(works_);
  EXPECT_EQ(works_.server().count("PUT", "/manifests/24.03"), moves) << "tags went back and forth";
  EXPECT_EQ(results()[1], "behind") << told(again);
  down_.server().open_door();
  Ran last = machine_.run(words(newer_));
  EXPECT_TRUE(last.ok()) << told(last);
  expect_everything_new_at(down_);
}

}  // namespace
}  // namespace eulerpublisher::test
