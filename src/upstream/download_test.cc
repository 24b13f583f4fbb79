#include "upstream/download.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "support/fake_web.h"
#include "support/http_fakes.h"

namespace eulerpublisher {
namespace {

using test::FakeClock;
using test::FakeWeb;

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;

constexpr const char* url = "https://one.example/archive.tar.xz";

class CountingTransfer : public Transfer {
 public:
  void phase(std::string) override {}
  void total(uint64_t bytes) override { total_ = bytes; }
  void done_bytes(uint64_t bytes) override { done_ = bytes; }
  void add_bytes(uint64_t bytes) override { done_ += bytes; }
  void done(std::string) override {}
  uint64_t total_ = 0, done_ = 0;
};

class DownloadTest : public testing::Test {
 protected:
  DownloadTest() : folder_(access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp") {
    set_log(LogLevel::error, {});
    part_ = folder_ + "/download-test-XXXXXX";
    close(mkstemp(part_.data()));
    for (int i = 0; i < 1000; ++i) content_ += static_cast<char>('a' + i % 23);
    web_.put(url, content_);
  }
  ~DownloadTest() override {
    unlink(part_.c_str());
    set_log(LogLevel::info, {});
  }

  // What a run does: opens what the run before has left, and goes on.
  Done run() {
    FileHandle file(open(part_.c_str(), O_RDWR | O_CLOEXEC));
    struct stat seen {};
    fstat(file.get(), &seen);
    Spool spool(std::move(file), static_cast<uint64_t>(seen.st_size));
    return download(web_, clock_, url, spool, progress_, stop_.get_token());
  }
  std::string fetched() const { return *read_file(part_, 1 << 20); }
  void left_by_an_earlier_run(std::string_view bytes) {
    FileHandle file(open(part_.c_str(), O_WRONLY | O_TRUNC | O_CLOEXEC));
    ASSERT_EQ(write(file.get(), bytes.data(), bytes.size()), static_cast<ssize_t>(bytes.size()));
  }
  FakeWeb::File& file() { return web_.files[url]; }

  std::string folder_, part_, content_;
  FakeWeb web_;
  FakeClock clock_;
  CountingTransfer progress_;
  std::stop_source stop_;
};

TEST_F(DownloadTest, FetchesAWholeFile) {
  Done done = run();
  ASSERT_TRUE(done.has_value()) << done.error().text();
  EXPECT_EQ(fetched(), content_);
  EXPECT_THAT(web_.ranges, ElementsAre(""));
  EXPECT_EQ(progress_.total_, content_.size());
  EXPECT_EQ(progress_.done_, content_.size());
}

TEST_F(DownloadTest, GoesOnInTheSameRunAfterACutAtEachTenth) {
  for (bool knows_range : {true, false}) {
    for (int tenth = 1; tenth < 10; ++tenth) {
      left_by_an_earlier_run("");
      file().knows_range = knows_range;
      file().cut_after = content_.size() * static_cast<size_t>(tenth) / 10;
      file().cuts = knows_range ? 100 : 1;
      Done done = run();
      ASSERT_TRUE(done.has_value()) << tenth << ": " << done.error().text();
      EXPECT_EQ(fetched(), content_);
      EXPECT_EQ(progress_.done_, content_.size());
    }
  }
}

TEST_F(DownloadTest, GoesOnInTheNextRunAfterACutAtEachTenth) {
  for (bool knows_range : {true, false}) {
    for (size_t tenth = 0; tenth <= 10; ++tenth) {
      file().knows_range = knows_range;
      left_by_an_earlier_run(content_.substr(0, content_.size() * tenth / 10));
      web_.ranges.clear();
      Done done = run();
      ASSERT_TRUE(done.has_value()) << tenth << ": " << done.error().text();
      EXPECT_EQ(fetched(), content_);
      EXPECT_EQ(progress_.done_, content_.size());
      if (tenth > 0) {
        EXPECT_THAT(web_.ranges, ElementsAre(fmt::format("bytes={}-", tenth * 100)));
      }
    }
  }
}

TEST_F(DownloadTest, AttemptsThatMoveBytesAreNotCounted) {
  file().cut_after = 10;
  ASSERT_TRUE(run().has_value());
  EXPECT_EQ(fetched(), content_);
  EXPECT_EQ(web_.asked.size(), 100u);
  EXPECT_THAT(clock_.slept, testing::Each(std::chrono::milliseconds(500)));
}

TEST_F(DownloadTest, GivesUpAfterSeveralAttemptsWithoutAByteAndWaitsLongerEachTime) {
  web_.hosts_down = {"https://one.example"};
  Done done = run();
  ASSERT_FALSE(done.has_value());
  EXPECT_EQ(done.error().kind(), ErrorKind::unavailable);
  EXPECT_THAT(done.error().text(), HasSubstr("connection refused"));
  EXPECT_EQ(web_.asked.size(), static_cast<size_t>(fruitless_attempts));
  using std::chrono::milliseconds;
  EXPECT_THAT(clock_.slept, ElementsAre(milliseconds(1000), milliseconds(2000), milliseconds(4000),
                                        milliseconds(8000), milliseconds(16000)));
}

TEST_F(DownloadTest, AServerThatCutsAtTheSamePlaceAndKnowsNoRangeIsGivenUp) {
  file().knows_range = false;
  file().cut_after = 300;
  Done done = run();
  ASSERT_FALSE(done.has_value());
  EXPECT_EQ(done.error().kind(), ErrorKind::unavailable);
  EXPECT_EQ(fetched(), content_.substr(0, 300)) << "what has arrived stays for the next run";
}

TEST_F(DownloadTest, WaitsOutAServerThatIsBusyForAsLongAsItAsks) {
  file().status = 503;
  file().failures = 2;
  file().retry_after = "7";
  ASSERT_TRUE(run().has_value());
  EXPECT_EQ(fetched(), content_);
  EXPECT_THAT(clock_.slept, ElementsAre(std::chrono::seconds(7), std::chrono::seconds(7)));
}

TEST_F(DownloadTest, WhatIsNotThereOrForbiddenIsAskedForOnce) {
  for (auto [status, kind] :
       {std::pair(404, ErrorKind::not_found), std::pair(403, ErrorKind::denied),
        std::pair(400, ErrorKind::unavailable), std::pair(302, ErrorKind::unavailable)}) {
    web_.asked.clear();
    file().status = status;
    Done done = run();
    ASSERT_FALSE(done.has_value());
    EXPECT_EQ(done.error().kind(), kind) << status;
    EXPECT_EQ(done.error().text(), fmt::format("{} → {}", url, status));
    EXPECT_EQ(web_.asked.size(), 1u);
  }
}

TEST_F(DownloadTest, APartLongerThanTheFileIsCorrupt) {
  for (bool knows_range : {true, false}) {
    file().knows_range = knows_range;
    left_by_an_earlier_run(content_ + "and more");
    Done done = run();
    ASSERT_FALSE(done.has_value());
    EXPECT_EQ(done.error().kind(), ErrorKind::corrupt);
    EXPECT_EQ(fetched(), content_ + "and more");
  }
  file().tells_length = false;
  EXPECT_EQ(run().error().kind(), ErrorKind::corrupt);
}

TEST_F(DownloadTest, AFileThatChangesWhileItIsFetchedIsNoticed) {
  // The same length and another entity tag; another length.
  for (bool same_length : {true, false}) {
    left_by_an_earlier_run("");
    FakeWeb web;
    web.put(url, content_);
    web.files[url].etag = "\"a\"";
    web.files[url].cut_after = 100;
    struct Changing : http::Client {
      Result<http::Response> send(const http::Request& request, std::stop_token stop) override {
        auto answer = web->send(request, stop);
        FakeWeb::File& file = web->files[url];
        if (same_length)
          file.etag = "\"b\"";
        else
          file.content += "x", file.etag.clear();
        return answer;
      }
      FakeWeb* web;
      bool same_length;
    } changing;
    changing.web = &web;
    changing.same_length = same_length;
    FileHandle file(open(part_.c_str(), O_RDWR | O_CLOEXEC));
    Spool spool(std::move(file), 0);
    Done done = download(changing, clock_, url, spool, progress_, {});
    ASSERT_FALSE(done.has_value());
    EXPECT_EQ(done.error().kind(), ErrorKind::corrupt);
    EXPECT_THAT(done.error().text(), HasSubstr("has changed"));
    EXPECT_EQ(spool.size(), 100u) << "nothing of the other file is mixed in";
  }
}

TEST_F(DownloadTest, AnAnswerWithoutALengthEndsWhereItEnds) {
  file().tells_length = false;
  ASSERT_TRUE(run().has_value());
  EXPECT_EQ(fetched(), content_);
}

TEST_F(DownloadTest, AFileLargerThanAnyArchiveIsRefusedBeforeItIsFetched) {
  struct Huge : http::Client {
    Result<http::Response> send(const http::Request& request, std::stop_token) override {
      http::Response head{200, {{"Content-Length", fmt::format("{}", largest_archive + 1)}}, {}, request.url};
      TRY(request.on_head(head));
      return head;
    }
  } huge;
  FileHandle file(open(part_.c_str(), O_RDWR | O_CLOEXEC));
  Spool spool(std::move(file), 0);
  EXPECT_EQ(download(huge, clock_, url, spool, progress_, {}).error().kind(), ErrorKind::corrupt);
}

TEST_F(DownloadTest, AWrongContentRangeIsRefused) {
  struct Wrong : http::Client {
    Result<http::Response> send(const http::Request& request, std::stop_token) override {
      http::Response head{206, {{"Content-Range", range}}, {}, request.url};
      TRY(request.on_head(head));
      return head;
    }
    std::string range;
  } wrong;
  for (const char* range : {"", "bytes", "bytes 20-29/30", "bytes x-29/30", "bytes 10-/30", "bytes 10-29/x",
                            "bytes */30", "items 10-29/30", "bytes 99999999999999999999-1/2"}) {
    wrong.range = range;
    left_by_an_earlier_run("0123456789");
    FileHandle file(open(part_.c_str(), O_RDWR | O_CLOEXEC));
    Spool spool(std::move(file), 10);
    Done done = download(wrong, clock_, url, spool, progress_, {});
    ASSERT_FALSE(done.has_value()) << range;
    EXPECT_EQ(spool.size(), 10u);
  }
}

TEST_F(DownloadTest, ADiskErrorIsNotTakenForOneOfTheNetwork) {
  FileHandle read_only(open(part_.c_str(), O_RDONLY | O_CLOEXEC));
  Spool spool(std::move(read_only), 0);
  Done done = download(web_, clock_, url, spool, progress_, {});
  ASSERT_FALSE(done.has_value());
  EXPECT_THAT(done.error().text(), HasSubstr("writing"));
  EXPECT_EQ(web_.asked.size(), 1u);
}

TEST_F(DownloadTest, StopsWhenAskedAlsoWhileItWaits) {
  stop_.request_stop();
  EXPECT_EQ(run().error().kind(), ErrorKind::cancelled);
}

}  // namespace
}  // namespace eulerpublisher
