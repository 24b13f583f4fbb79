// A release repository that is not there, not whole, slow, or cuts: nothing half-done, one sentence, and what
// has arrived is not asked for again.

#include <sys/mount.h>
#include <unistd.h>

#include <atomic>
#include <thread>

#include "cli/publishing.h"
#include "support/http_server.h"
#include "support/places.h"

namespace eulerpublisher {
namespace {

namespace fs = std::filesystem;
using test::Fault;
using test::HttpServer;
using test::on;
using test::Process;
using test::Ran;
using test::ServerAnswer;
using test::ServerRequest;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

class BadSource : public Publishing {
 protected:
  void expect_untouched(const Ran& ran, int status, const std::string& words) {
    expect_failure(ran, status, words);
    expect_nothing_visible(layout());
  }
};

TEST_F(BadSource, ARequiredArchitectureThatIsMissingIsAnErrorBeforeAnythingIsFetched) {
  site.put_true("arm64");
  auto& registry = start_registry();
  expect_untouched(publish({registry.address(), oci()}), 1, "has no amd64");
  EXPECT_EQ(site.archives_asked(), 0u);
  EXPECT_EQ(test::writes_to(registry), 0u);
}

TEST_F(BadSource, AnOptionalArchitectureThatIsMissingIsANote) {
  site.put_both();
  Ran ran = publish({oci()});
  expect_success(ran);
  EXPECT_THAT(ran.err, HasSubstr("note: 24.03-LTS-SP1 has no loong64 (optional)"));
}

TEST_F(BadSource, AnOptionalArchitectureThatFailsOtherwiseIsAnError) {
  site.put_both();
  Done served = site.serve("location ~ loongarch64 { return 500; }");
  ASSERT_TRUE(served.has_value());
  expect_untouched(publish({oci()}, {"--retries", "0"}), 1, "500");
}

TEST_F(BadSource, AnUnknownVersionIsNotFoundAndSaysWhereItWasLookedFor) {
  site.put_both();
  Ran ran = machine.run({"container", "publish", "-v", "25.09", "--source", site.url(), "-g", oci()});
  expect_untouched(ran, 1, "/openEuler-25.09/docker_img/");
}

TEST_F(BadSource, A404IsAskedForOnce) {
  Ran ran = publish({oci()});
  expect_untouched(ran, 1, "404");
  EXPECT_EQ(site.asked("x86_64.tar.xz.sha256sum"), 1u) << site.log();
}

TEST_F(BadSource, AServerThatFailsForAMomentIsAskedAgain) {
  site.put_both();
  HttpServer server([&](ServerRequest& request) {
    fs::path file = site.folder().string() + request.path;
    if (!fs::is_regular_file(file)) return ServerAnswer{.status = 404};
    return ServerAnswer{.body = test::read_text(file)};
  });
  server.add_fault({.when = on("GET", "x86_64"), .instead = ServerAnswer{.status = 503}});
  expect_success(
      machine.run({"container", "publish", "-v", test::sp1, "--source", server.url(""), "-g", oci()}));
}

TEST_F(BadSource, AServerThatGoesOnFailingIsAnErrorWithItsStatus) {
  site.put_both();
  Done served = site.serve("location ~ x86_64 { return 500; }");
  ASSERT_TRUE(served.has_value());
  expect_untouched(publish({oci()}, {"--retries", "1"}), 1, "500");
  EXPECT_EQ(site.asked("x86_64.tar.xz.sha256sum"), 2u);
}

TEST_F(BadSource, AnArchiveThatAnswers500IsAnErrorWithItsStatus) {
  site.put_both();
  Done served = site.serve("location ~ x86_64.*xz$ { return 500; }");
  ASSERT_TRUE(served.has_value());
  expect_untouched(publish({oci()}, {"--retries", "0"}), 1, "500");
}

TEST_F(BadSource, ALoginThatTheSourceWantsIsAnErrorAndIsNotAskedTwice) {
  site.put_both();
  Done served = site.serve("location ~ x86_64 { return 403; }");
  ASSERT_TRUE(served.has_value());
  expect_untouched(publish({oci()}), 1, "403");
  EXPECT_EQ(site.asked("x86_64.tar.xz.sha256sum"), 1u);
}

TEST_F(BadSource, ASourceThatIsNotThereIsNamed) {
  std::string nowhere = fmt::format("http://127.0.0.1:{}", test::free_port());
  Ran ran = machine.run(
      {"container", "publish", "-v", test::sp1, "--source", nowhere, "-g", oci(), "--retries", "0"});
  expect_untouched(ran, 1, nowhere);
}

TEST_F(BadSource, AFolderThatIsNotThereIsNamed) {
  Ran ran =
      machine.run({"container", "publish", "-v", test::sp1, "--source", "/nonexistent/mirror", "-g", oci()});
  expect_untouched(ran, 1, "/nonexistent/mirror");
}

// A scripted server with the site's files, which knows Range.
class ScriptedSource : public BadSource {
 protected:
  void SetUp() override {
    BadSource::SetUp();
    site.put_both();
    // Large enough to be cut in parts, and hard to compress.
    test::ArchiveRecipe recipe = test::small_archive(test::platform_of("amd64"));
    std::string noise(400'000, '\0');
    uint32_t state = 1;
    for (char& byte : noise) byte = static_cast<char>((state = state * 1664525 + 1013904223) >> 24);
    recipe.layers[0].push_back({.path = "./usr/noise", .content = noise});
    site.put("amd64", make_archive(recipe));
    size_ = fs::file_size(site.archive("amd64"));
  }

  ServerAnswer answer(ServerRequest& request) {
    fs::path file = site.folder().string() + request.path;
    if (!fs::is_regular_file(file)) return {.status = 404};
    std::string bytes = test::read_text(file);
    auto range = request.headers.get("Range");
    if (!range) return {.body = bytes};
    size_t from = std::stoul(range->substr(6));
    ServerAnswer part{.status = 206, .body = bytes.substr(from)};
    part.headers.add("Content-Range", fmt::format("bytes {}-{}/{}", from, bytes.size() - 1, bytes.size()));
    return part;
  }

  Words from_server(const Words& more = {}) {
    Words all{"container", "publish", "-v", test::sp1, "--source", server_.url(""), "-g", oci()};
    all.insert(all.end(), more.begin(), more.end());
    return all;
  }

  // Where each request for the amd64 archive began.
  std::vector<uint64_t> beginnings() {
    std::vector<uint64_t> all;
    for (const auto& seen : server_.seen())
      if (seen.target.ends_with("x86_64.tar.xz"))
        all.push_back(std::stoul(seen.headers.get("Range").value_or("bytes=0").substr(6)));
    return all;
  }

  uint64_t size_ = 0;
  HttpServer server_{[this](ServerRequest& request) { return answer(request); }};
};

TEST_F(ScriptedSource, ADownloadThatIsCutAtEveryTenthGoesOnInTheSameRun) {
  server_.add_fault({.when = [](const ServerRequest& r) { return r.path.ends_with("x86_64.tar.xz"); },
                     .times = 9,
                     .cut_answer_after = size_ / 10});
  expect_success(machine.run(from_server()));
  auto begun = beginnings();
  ASSERT_EQ(begun.size(), 10u);
  for (size_t i = 1; i < begun.size(); ++i) EXPECT_GT(begun[i], begun[i - 1]) << "byte " << i;
  EXPECT_THAT(test::broken_layout_rules(layout()), IsEmpty());
}

TEST_F(ScriptedSource, ARunThatIsKilledAtEveryTenthIsGoneOnWithByTheNext) {
  for (uint64_t tenth = 1; tenth < 10; ++tenth) {
    uint64_t before = server_.count("GET", "x86_64.tar.xz");
    server_.clear_faults();
    auto is_archive = [](const ServerRequest& r) { return r.path.ends_with("x86_64.tar.xz"); };
    server_.add_fault({.when = is_archive, .stall_answer_after = size_ / 10});
    Process run = Process::start(machine.command(from_server())).value();
    // The file in the store tells how far it is.
    auto arrived = [&] {
      std::error_code absent;
      for (const auto& file : fs::directory_iterator(machine.store() / "archives", absent))
        if (file.path().extension() == ".part" && fs::file_size(file, absent) >= size_ * tenth / 10 - 20)
          return true;
      return false;
    };
    for (int i = 0; i < 1000 && !arrived() && run.running(); ++i)
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    ASSERT_TRUE(arrived()) << tenth << " " << before << test::read_text(machine.log());
    run.kill();
    expect_nothing_visible(layout());
  }
  server_.clear_faults();
  expect_success(machine.run(from_server()));
  auto begun = beginnings();
  ASSERT_EQ(begun.size(), 10u);
  EXPECT_EQ(begun.front(), 0u);
  for (size_t i = 1; i < begun.size(); ++i)
    EXPECT_NEAR(static_cast<double>(begun[i]), static_cast<double>(size_ * i / 10), 20.0) << "run " << i;
  EXPECT_THAT(test::broken_layout_rules(layout()), IsEmpty());
}

TEST_F(ScriptedSource, CtrlCEndsTheRunAndTheNextOneGoesOn) {
  server_.add_fault({.when = [](const ServerRequest& r) { return r.path.ends_with("x86_64.tar.xz"); },
                     .stall_answer_after = size_ / 2});
  Process run = Process::start(machine.command(from_server())).value();
  auto part = [&] {
    std::error_code absent;
    for (const auto& file : fs::directory_iterator(machine.store() / "archives", absent))
      if (file.path().extension() == ".part" && fs::file_size(file, absent) > size_ / 3) return true;
    return false;
  };
  for (int i = 0; i < 1000 && !part(); ++i) std::this_thread::sleep_for(std::chrono::milliseconds(5));
  ASSERT_TRUE(part());
  run.signal(SIGINT);
  EXPECT_EQ(run.wait(), 1);
  EXPECT_EQ(test::count_lines(test::read_text(machine.log()), "error: "), 1u)
      << test::read_text(machine.log());
  server_.clear_faults();
  expect_success(machine.run(from_server()));
  EXPECT_EQ(beginnings().size(), 2u);
  EXPECT_GT(beginnings().back(), size_ / 3);
}

TEST_F(ScriptedSource, AServerThatStandsStillIsGivenUpAfterTheTimeout) {
  server_.add_fault({.when = [](const ServerRequest& r) { return r.path.ends_with("x86_64.tar.xz"); },
                     .times = 100,
                     .stall_answer_after = 0});
  Ran ran = machine.run(from_server({"--timeout", "0.5", "--retries", "0"}));
  expect_untouched(ran, 1, "no byte moved for 0.5 s");
}

TEST_F(ScriptedSource, AChecksumFileThatNeverComesIsGivenUpAfterTheTimeout) {
  server_.add_fault({.when = on("GET", "x86_64.tar.xz.sha256sum"), .times = 100, .stall_answer_after = 10});
  expect_untouched(machine.run(from_server({"--timeout", "0.5", "--retries", "0"})), 1,
                   "no byte moved for 0.5 s");
}

TEST_F(ScriptedSource, AnArchiveThatGrowsWhileItIsFetchedIsRefused) {
  std::string whole = test::read_text(site.archive("amd64"));
  test::write_text(site.archive("amd64"), whole.substr(0, whole.size() / 2));
  expect_untouched(machine.run(from_server()), 5, "x86_64");
  test::write_text(site.archive("amd64"), whole);
  expect_success(machine.run(from_server()));
}

// A file system of a few hundred kilobytes as the store.
class FullDisk : public BadSource {
 protected:
  void SetUp() override {
    BadSource::SetUp();
    site.put_both();
    fs::create_directory(machine / "small");
    if (mount("tmpfs", (machine / "small").c_str(), "tmpfs", 0, "size=64k") != 0)
      GTEST_SKIP() << "SKIPPED: only root can mount a small file system";
    mounted_ = true;
  }
  void TearDown() override {
    if (mounted_) umount2((machine / "small").c_str(), MNT_DETACH);
  }
  bool mounted_ = false;
};

TEST_F(FullDisk, AStoreWithoutRoomIsOneSentenceAndNothingMoves) {
  test::ArchiveRecipe recipe = test::small_archive(test::platform_of("amd64"));
  std::string noise(400'000, '\0');
  uint32_t state = 1;
  for (char& byte : noise) byte = static_cast<char>((state = state * 1664525 + 1013904223) >> 24);
  recipe.layers[0].push_back({.path = "./usr/noise", .content = noise});
  site.put("amd64", make_archive(recipe));
  auto& registry = start_registry();
  Ran ran = publish({registry.address()}, {"--store", (machine / "small/store").string()});
  expect_failure(ran, 1, "no space left on device");
  EXPECT_THAT(test::tags_in(registry), IsEmpty());
}

TEST_F(FullDisk, AFolderToPublishIntoWithoutRoomIsOneSentence) {
  test::ArchiveRecipe recipe = test::small_archive(test::platform_of("amd64"));
  std::string noise(400'000, '\0');
  uint32_t state = 1;
  for (char& byte : noise) byte = static_cast<char>((state = state * 1664525 + 1013904223) >> 24);
  recipe.layers[0].push_back({.path = "./usr/noise", .content = noise});
  site.put("amd64", make_archive(recipe));
  auto& registry = start_registry();
  Ran ran = publish({registry.address(), "oci:" + (machine / "small/images").string()});
  expect_failure(ran, 1, "no space left on device");
  EXPECT_THAT(test::tags_in(registry), IsEmpty()) << "the registry got a tag though the folder could not";
}

class NoPermission : public BadSource {
 protected:
  void SetUp() override {
    BadSource::SetUp();
    site.put_both();
  }
  // As somebody who is not root.
  Ran run_as_nobody(const Words& words) {
    test::Command command = machine.command(words);
    if (geteuid() == 0) {
      Words before{"setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"};
      command.argv.insert(command.argv.begin(), before.begin(), before.end());
      Ran tried = test::run({{"setpriv", "--reuid=65534", "--regid=65534", "--clear-groups",
                              test::program().string(), "--version"}});
      if (!tried.ok()) return tried;
    }
    return test::run(command);
  }
  void open_machine() {
    for (const auto& folder : {machine.folder(), machine / "cache", machine / "state", machine / "home"})
      fs::permissions(folder, fs::perms(0777));
  }
};

TEST_F(NoPermission, AStoreThatMayNotBeWrittenIsNamed) {
  open_machine();
  fs::create_directory(machine / "locked");
  fs::permissions(machine / "locked", fs::perms(0555));
  Ran ran = run_as_nobody(words("publish", {oci()}, {"--store", (machine / "locked/store").string()}));
  if (ran.status == 126 || ran.status == 127) GTEST_SKIP() << "SKIPPED: nobody cannot run the program here";
  expect_untouched(ran, 1, (machine / "locked/store").string());
}

TEST_F(NoPermission, AFolderToPublishIntoThatMayNotBeWrittenIsNamed) {
  open_machine();
  fs::create_directory(machine / "locked");
  fs::permissions(machine / "locked", fs::perms(0555));
  Ran ran = run_as_nobody(words("publish", {"oci:" + (machine / "locked/images").string()}));
  if (ran.status == 126 || ran.status == 127) GTEST_SKIP() << "SKIPPED: nobody cannot run the program here";
  expect_untouched(ran, 1, (machine / "locked/images").string());
  EXPECT_EQ(site.archives_asked(), 0u) << "what cannot be written was fetched for";
}

}  // namespace
}  // namespace eulerpublisher
