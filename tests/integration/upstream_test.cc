// The release repository as nginx serves it.

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>

#include "http/curl_client.h"
#include "store/store.h"
#include "support/http_fakes.h"
#include "support/http_server.h"
#include "support/nginx_server.h"
#include "upstream/release_repository.h"

namespace eulerpublisher {
namespace {

namespace fs = std::filesystem;
using test::NginxServer;
using test::TempFolder;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

const std::string update = "openEuler-24.03-LTS/docker_img/update";

std::string random_bytes(size_t size) {
  std::string bytes(size, 0);
  uint32_t state = 12345;
  for (char& byte : bytes) byte = static_cast<char>((state = state * 1664525 + 1013904223) >> 24);
  return bytes;
}

class ReleaseOverNginx : public testing::Test {
 protected:
  void put(const std::string& index, const std::string& machine, const std::string& content) {
    fs::path folder = tree_ / "openEuler-24.03-LTS" / index / machine;
    std::string name = fmt::format("openEuler-docker.{}.tar.xz", machine);
    fs::create_directories(folder);
    test::write_text(folder / name, content);
    test::write_text(folder / (name + ".sha256sum"), fmt::format("{}  {}\n", digest_of(content).hex(), name));
  }

  void serve(NginxServer::Options options = {}) {
    auto started = NginxServer::start(tree_.path(), std::move(options));
    if (!started &&
        (started.error().kind() == ErrorKind::not_found || started.error().kind() == ErrorKind::unsupported))
      GTEST_SKIP() << "SKIPPED: " << started.error().text();
    ASSERT_TRUE(started.has_value()) << started.error().text();
    server_ = std::move(*started);
  }

  ReleaseRepository repository() { return ReleaseRepository({server_->url()}, client_, clock_); }

  static ReleaseWanted wanted(std::string_view index) {
    return {"24.03-LTS", *ReleaseIndex::parse(index), *parse_platforms("amd64,arm64"),
            *parse_platforms("loong64")};
  }

  void update_of_june() {
    for (const char* machine : {"x86_64", "aarch64"}) put("docker_img/update/2024-06-01", machine, "june");
    for (const char* machine : {"x86_64", "aarch64"}) put("docker_img/update/2024-05-01", machine, "may");
    fs::create_directory_symlink("2024-06-01", tree_ / update / "current");
    test::write_text(tree_ / update / "a name with blanks & more, far too long to be shown as a whole.txt",
                     "x");
  }

  TempFolder tree_;
  std::unique_ptr<NginxServer> server_;
  http::CurlClient client_;
  test::FakeClock clock_;
};

TEST_F(ReleaseOverNginx, AReleaseIsFoundAndA404IsANoteForOptionalArchitecturesOnly) {
  put("docker_img", "x86_64", "amd");
  put("docker_img", "aarch64", "arm");
  serve();
  if (!server_) return;
  auto found = repository().look(wanted("docker_img"), {});
  ASSERT_TRUE(found.has_value()) << found.error().text();
  EXPECT_EQ(found->archives[1].checksum, digest_of("arm"));
  EXPECT_THAT(found->not_released, ElementsAre(*Platform::parse("loong64")));
  fs::remove_all(tree_ / "openEuler-24.03-LTS/docker_img/aarch64");
  auto missing = repository().look(wanted("docker_img"), {});
  ASSERT_FALSE(missing.has_value());
  EXPECT_EQ(missing.error().kind(), ErrorKind::not_found);
  EXPECT_THAT(missing.error().text(), HasSubstr("has no arm64"));
}

TEST_F(ReleaseOverNginx, AnArchiveGoesOnByRangeInTheNextRun) {
  std::string content = random_bytes(3 << 20);
  put("docker_img", "x86_64", content);
  put("docker_img", "aarch64", "arm");
  serve();
  if (!server_) return;
  TempFolder cache;
  Archive archive = repository().look(wanted("docker_img"), {})->archives[0];
  for (size_t tenth = 0; tenth <= 10; ++tenth) {
    auto store = *Store::open(cache / "store");
    {
      // The run before was cut.
      auto before = std::move(**store->resume_archive(archive.checksum, {}));
      ASSERT_TRUE(before->write(as_bytes(std::string_view(content).substr(0, content.size() * tenth / 10)))
                      .has_value());
    }
    auto spool = std::move(**store->resume_archive(archive.checksum, {}));
    auto transfer = no_progress().start("archive");
    Done done = repository().download(archive, *spool, *transfer, {});
    ASSERT_TRUE(done.has_value()) << tenth << ": " << done.error().text();
    ASSERT_TRUE(store->keep_archive(archive.checksum, *spool).has_value());
    EXPECT_EQ(digest_of(test::read_text(**store->archive(archive.checksum))), archive.checksum);
    if (tenth > 0) {
      EXPECT_THAT(server_->log(), HasSubstr(fmt::format(" {} bytes={}-", tenth == 10 ? 416 : 206,
                                                        spool->size() * tenth / 10)));
    }
    ASSERT_TRUE(store->drop_archive(archive.checksum).has_value());
  }
}

TEST_F(ReleaseOverNginx, AListingOfAutoindexIsRead) {
  update_of_june();
  serve({.listing = NginxServer::Options::Listing::autoindex});
  if (!server_) return;
  auto listing = repository().list(server_->url(), update, {});
  ASSERT_TRUE(listing.has_value() && listing->has_value());
  EXPECT_THAT((*listing)->folders, ElementsAre("2024-05-01", "2024-06-01", "current"));
  EXPECT_THAT((*listing)->files,
              ElementsAre("a name with blanks & more, far too long to be shown as a whole.txt"));
}

TEST_F(ReleaseOverNginx, AListingOfFancyindexIsRead) {
  update_of_june();
  serve({.listing = NginxServer::Options::Listing::fancyindex});
  if (!server_) return;
  auto listing = repository().list(server_->url(), update, {});
  ASSERT_TRUE(listing.has_value() && listing->has_value());
  EXPECT_THAT((*listing)->folders, ElementsAre("2024-05-01", "2024-06-01", "current"));
  EXPECT_THAT((*listing)->files,
              ElementsAre("a name with blanks & more, far too long to be shown as a whole.txt"));
}

TEST_F(ReleaseOverNginx, TheCurrentUpdateIsTheDatedOneWithItsChecksums) {
  update_of_june();
  serve({.listing = NginxServer::Options::Listing::fancyindex});
  if (!server_) return;
  auto current = repository().look(wanted("docker_img/update/current"), {});
  ASSERT_TRUE(current.has_value()) << current.error().text();
  EXPECT_EQ(*repository().date_of_current(*current, wanted("docker_img/update/current"), {}), "2024-06-01");
}

TEST_F(ReleaseOverNginx, WithoutListingsTheCurrentUpdateHasNoDate) {
  update_of_june();
  serve();
  if (!server_) return;
  auto current = repository().look(wanted("docker_img/update/current"), {});
  ASSERT_TRUE(current.has_value()) << current.error().text();
  EXPECT_EQ(*repository().date_of_current(*current, wanted("docker_img/update/current"), {}), std::nullopt);
}

TEST_F(ReleaseOverNginx, ARedirectToAMirrorIsFollowedAndTheAddressAskedIsKept) {
  put("docker_img", "x86_64", "amd");
  put("docker_img", "aarch64", "arm");
  serve({.more = "location /old/ { rewrite ^/old/(.*)$ /$1 redirect; }"});
  if (!server_) return;
  ReleaseRepository moved({server_->url() + "/old"}, client_, clock_);
  auto found = moved.look(wanted("docker_img"), {});
  ASSERT_TRUE(found.has_value()) << found.error().text();
  EXPECT_THAT(found->archives[0].url, HasSubstr("/old/openEuler-24.03-LTS/"));
}

// A server that cuts each answer after a tenth of the file: the same run goes on until it has everything.
TEST(DownloadOverHttp, GoesOnInTheSameRunAfterRealCuts) {
  std::string content = random_bytes(1 << 20);
  test::HttpServer server([&](test::ServerRequest& request) {
    size_t from = 0;
    if (auto range = request.headers.get("Range")) from = std::stoul(range->substr(6));
    test::ServerAnswer answer{.status = from > 0 ? 206 : 200, .body = content.substr(from)};
    if (from > 0)
      answer.headers.add("Content-Range",
                         fmt::format("bytes {}-{}/{}", from, content.size() - 1, content.size()));
    return answer;
  });
  server.add_fault({.when = test::on("GET"), .times = 9, .cut_answer_after = content.size() / 10});
  http::CurlClient client;
  test::FakeClock clock;
  ReleaseRepository repository({server.url()}, client, clock);
  TempFolder cache;
  auto store = *Store::open(cache / "store");
  Archive archive{*Platform::parse("amd64"), server.url("/a.tar.xz"), digest_of(content), server.url()};
  auto spool = std::move(**store->resume_archive(archive.checksum, {}));
  auto transfer = no_progress().start("archive");
  Done done = repository.download(archive, *spool, *transfer, {});
  ASSERT_TRUE(done.has_value()) << done.error().text();
  ASSERT_TRUE(store->keep_archive(archive.checksum, *spool).has_value());
  EXPECT_EQ(digest_of(test::read_text(**store->archive(archive.checksum))), archive.checksum);
  EXPECT_EQ(server.count("GET"), 10u);
}

}  // namespace
}  // namespace eulerpublisher
