#include "cli/progress.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/text_width.h"

namespace eulerpublisher::cli {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;
using Lines = std::vector<std::string>;

// Understands what a Screen sends, as a terminal does, and shows what a person would see.
class PaperTerminal : public Terminal {
 public:
  void write(std::string_view text) override {
    ++writes;
    last_write = text;
    while (!text.empty()) {
      if (text.starts_with("\x1b[")) {
        size_t end = text.find_first_not_of("0123456789", 2);
        size_t number = end > 2 ? std::stoul(std::string(text.substr(2, end - 2))) : 1;
        command(text[end], number);
        text.remove_prefix(end + 1);
        continue;
      }
      if (text[0] == '\n') {
        if (++row_ == lines_.size()) lines_.emplace_back();
        column_ = 0;
      } else if (text[0] == '\r') {
        column_ = 0;
      } else {
        lines_[row_].resize(std::max(lines_[row_].size(), column_), ' ');
        lines_[row_].replace(column_++, 1, 1, text[0]);
      }
      text.remove_prefix(1);
    }
  }
  size_t columns() override { return width; }
  size_t rows() override { return 24; }
  bool is_interactive() override { return interactive; }

  // Without the empty line on which the cursor waits.
  Lines seen() const {
    EXPECT_EQ(row_, lines_.size() - 1);
    EXPECT_EQ(lines_.back(), "");
    return {lines_.begin(), lines_.end() - 1};
  }

  size_t width = 80;
  bool interactive = true;
  int writes = 0;
  std::string last_write;

 private:
  void command(char letter, size_t number) {
    if (letter == 'A') row_ -= std::min(row_, number);
    if (letter == 'K' || letter == 'J') lines_[row_].resize(std::min(lines_[row_].size(), column_));
    if (letter == 'J') lines_.resize(row_ + 1);
  }

  Lines lines_{""};
  size_t row_ = 0;
  size_t column_ = 0;
};

// Stands still until it is moved.
class StandingClock : public Clock {
 public:
  Instant now() override { return now_; }
  Done sleep(std::chrono::milliseconds, std::stop_token) override { return cancelled("nobody sleeps here"); }
  void pass(std::chrono::milliseconds time) { now_ += time; }

 private:
  Instant now_{1000s};
};

class ProgressDisplayTest : public testing::Test {
 protected:
  ~ProgressDisplayTest() override {
    set_log(LogLevel::info, [](LogLevel, const std::string&) {});
  }

  ProgressDisplay display(ProgressMode mode) {
    return ProgressDisplay(mode, LogLevel::info, terminal, clock);
  }

  PaperTerminal terminal;
  StandingClock clock;
};

TransferView view(std::string label, uint64_t done, std::optional<uint64_t> total,
                  std::optional<double> rate = {}) {
  return {std::move(label), "fetching", done, total, rate};
}

TEST(RenderBars, ShowsPhaseBytesRateAndTimeLeftInOneLinePerTransfer) {
  EXPECT_THAT(
      render_bars({view("amd64 archive", 10'000'000, 40'000'000, 10e6), view("arm64 archive", 999, {})}, 91,
                  20),
      ElementsAre(
          "amd64 archive  fetching  [======>                    ]  10.0 MB / 40.0 MB  10.0 MB/s  0:03",
          "arm64 archive  fetching                                   999 B"));
}

TEST(RenderBars, FillsTheBarAtTheEnd) {
  EXPECT_THAT(render_bars({view("a", 5, 5)}, 41, 20),
              ElementsAre("a  fetching  [==============]  5 B / 5 B"));
  EXPECT_THAT(render_bars({view("a", 7, 5)}, 41, 20),
              ElementsAre("a  fetching  [==============]  7 B / 5 B"));
  EXPECT_THAT(render_bars({view("a", 0, 0)}, 41, 20),
              ElementsAre("a  fetching  [==============]  0 B / 0 B"));
}

TEST(RenderBars, LinesUpLabelsInChinese) {
  EXPECT_THAT(render_bars({view("官方镜像", 1, {}), view("layer", 22, {})}, 80, 20),
              ElementsAre("官方镜像  fetching   1 B", "layer     fetching  22 B"));
}

TEST(RenderBars, NeverReachesTheLastColumn) {
  std::vector<TransferView> transfers{view("registry.example:5000 amd64 layer", 10'000'000, 40'000'000, 10e6),
                                      view("官方容器镜像发布流程", 1'000, 2'000, 1.0)};
  for (size_t columns = 0; columns < 150; ++columns)
    for (const std::string& line : render_bars(transfers, columns, 20))
      EXPECT_LE(text_width(line), columns > 1 ? columns - 1 : 1) << columns;
}

TEST(RenderBars, LeavesOutWhatHasNoRoom) {
  std::vector<TransferView> transfer{view("amd64 layer", 10'000'000, 40'000'000, 10e6)};
  EXPECT_THAT(render_bars(transfer, 60, 20),
              ElementsAre("amd64 layer  fetching  10.0 MB / 40.0 MB  10.0 MB/s  0:03"));
  EXPECT_THAT(render_bars(transfer, 55, 20), ElementsAre("amd64 layer  fetching  10.0 MB / 40.0 MB  0:03"));
  EXPECT_THAT(render_bars(transfer, 34, 20), ElementsAre("amd64 layer  fetching  10.0 MB"));
  EXPECT_THAT(render_bars(transfer, 24, 20), ElementsAre("amd64 layer  10.0 MB"));
  EXPECT_THAT(render_bars(transfer, 15, 20), ElementsAre("amd6…  10.0 MB"));
}

TEST(RenderBars, CountsWhatHasNoRow) {
  std::vector<TransferView> transfers(5, view("a", 1, {}));
  Lines lines = render_bars(transfers, 80, 3);
  ASSERT_EQ(lines.size(), 3u);
  EXPECT_EQ(lines[2], "and 3 more");
  EXPECT_EQ(render_bars(transfers, 80, 5).size(), 5u);
  EXPECT_THAT(render_bars(transfers, 80, 0), IsEmpty());
}

TEST(RateMeter, LooksAtTheLastSeconds) {
  RateMeter meter;
  Instant start{1000s};
  EXPECT_FALSE(meter.bytes_per_second().has_value());
  meter.saw(start, 0);
  meter.saw(start + 100ms, 100);
  EXPECT_FALSE(meter.bytes_per_second().has_value());
  for (int second = 1; second <= 20; ++second) meter.saw(start + std::chrono::seconds(second), 1000);
  EXPECT_EQ(meter.bytes_per_second(), 0.0);
}

TEST(RateMeter, BeginsAnewWhenATransferDoesOrTheClockIsSetBack) {
  RateMeter meter;
  Instant start{1000s};
  meter.saw(start, 0);
  meter.saw(start + 1s, 500);
  EXPECT_EQ(meter.bytes_per_second(), 500.0);
  meter.saw(start + 2s, 10);
  EXPECT_FALSE(meter.bytes_per_second().has_value());
  meter.saw(start + 1s, 20);
  EXPECT_FALSE(meter.bytes_per_second().has_value());
}

TEST_F(ProgressDisplayTest, DrawsBarsInPlaceAndLeavesALineForWhatHasEnded) {
  auto shown = display(ProgressMode::automatic);
  auto first = shown.start("amd64 archive");
  auto second = shown.start("arm64 archive");
  first->phase("fetching");
  first->total(2000);
  first->done_bytes(1000);
  shown.tick();
  EXPECT_THAT(terminal.seen(),
              ElementsAre("amd64 archive  fetching  [=================>                 ]  1.0 kB / 2.0 kB",
                          "arm64 archive                                                      0 B"));
  first->add_bytes(1000);
  clock.pass(1s);
  first->done();
  shown.tick();
  EXPECT_THAT(terminal.seen(), ElementsAre("amd64 archive: 2.0 kB in 1.0 s", "arm64 archive  0 B  0 B/s"));
  second->done("already there");
  EXPECT_THAT(terminal.seen(), ElementsAre("amd64 archive: 2.0 kB in 1.0 s", "arm64 archive: already there"));
}

TEST_F(ProgressDisplayTest, RedrawsWithOneWrite) {
  auto shown = display(ProgressMode::bar);
  auto first = shown.start("a");
  auto second = shown.start("b");
  shown.tick();
  int before = terminal.writes;
  shown.tick();
  EXPECT_EQ(terminal.writes, before + 1);
}

TEST_F(ProgressDisplayTest, PrintsTheLogAboveTheBars) {
  auto shown = display(ProgressMode::bar);
  auto transfer = shown.start("amd64 archive");
  shown.tick();
  log_warning("quay.io asks for patience\x1b[2J");
  log_debug("not asked for");
  EXPECT_THAT(terminal.seen(), ElementsAre("warning: quay.io asks for patience?[2J", "amd64 archive  0 B"));
}

TEST_F(ProgressDisplayTest, TakesTheBarsAwayAtItsEndAndLeavesTheLogWorking) {
  std::unique_ptr<Transfer> transfer;
  {
    auto shown = display(ProgressMode::bar);
    transfer = shown.start("amd64 archive");
    shown.tick();
    transfer.reset();
  }
  log_info("later");
  EXPECT_THAT(terminal.seen(), ElementsAre("amd64 archive: stopped after 0 B", "later"));
}

TEST_F(ProgressDisplayTest, FindsItsLinesAgainWhenTheWindowHasBecomeNarrower) {
  Screen screen(terminal);
  screen.show({std::string(50, 'x'), "y"});
  terminal.width = 30;  // the terminal has broken the first line into two
  screen.show({"z"});
  EXPECT_THAT(terminal.last_write, testing::StartsWith("\r\x1b[3A"));
}

TEST_F(ProgressDisplayTest, WritesPlainLinesWhereTheCursorCannotBeMoved) {
  terminal.interactive = false;
  auto shown = display(ProgressMode::automatic);
  EXPECT_EQ(shown.mode(), ProgressMode::plain);
  auto transfer = shown.start("quay.io layer");
  transfer->phase("uploading");
  transfer->total(100'000'000);
  for (int second = 0; second < 12; ++second) {
    shown.tick();
    clock.pass(1s);
    transfer->add_bytes(2'000'000);
  }
  transfer->done("mounted");
  EXPECT_THAT(terminal.seen(),
              ElementsAre("quay.io layer: started",
                          "quay.io layer: uploading, 20.0 MB of 100.0 MB (20 %), 2.0 MB/s, 0:40 left",
                          "quay.io layer: 24.0 MB in 12.0 s, mounted"));
}

TEST_F(ProgressDisplayTest, SaysWhatWasGivenUp) {
  auto shown = display(ProgressMode::plain);
  {
    auto transfer = shown.start("amd64 archive");
    transfer->done_bytes(1500);
  }
  EXPECT_THAT(terminal.seen(), ElementsAre("amd64 archive: started", "amd64 archive: stopped after 1.5 kB"));
}

TEST_F(ProgressDisplayTest, SaysOnlyTheLogWhenNobodyWantsProgress) {
  auto shown = display(ProgressMode::none);
  auto transfer = shown.start("amd64 archive");
  shown.tick();
  transfer->done();
  log_info("said");
  EXPECT_THAT(terminal.seen(), ElementsAre("said"));
}

TEST_F(ProgressDisplayTest, MayBeUsedFromManyThreads) {
  auto shown = display(ProgressMode::bar);
  std::vector<std::jthread> threads;
  for (int i = 0; i < 8; ++i)
    threads.emplace_back([&shown] {
      for (int j = 0; j < 50; ++j) {
        auto transfer = shown.start("layer");
        transfer->total(100);
        for (int k = 0; k < 10; ++k) transfer->add_bytes(10);
        shown.tick();
        transfer->done();
      }
    });
  threads.clear();
  EXPECT_EQ(terminal.seen().size(), 400u);
}

// Lets a sleeper wake up three times.
class ThreeSleeps : public StandingClock {
 public:
  Done sleep(std::chrono::milliseconds, std::stop_token) override {
    if (++sleeps_ > 3) return cancelled("enough");
    return {};
  }

 private:
  int sleeps_ = 0;
};

TEST_F(ProgressDisplayTest, IsDrawnByAThreadOfItsOwn) {
  auto shown = display(ProgressMode::bar);
  auto transfer = shown.start("layer");
  ThreeSleeps sleeper;
  { ProgressThread thread(shown, sleeper); }
  EXPECT_EQ(terminal.writes, 3);
}

TEST(ProgressMode, IsOneOfFourWords) {
  EXPECT_EQ(parse_progress_mode("auto").value(), ProgressMode::automatic);
  EXPECT_EQ(parse_progress_mode("none").value(), ProgressMode::none);
  EXPECT_EQ(parse_progress_mode("fancy").error().text(),
            "--progress is auto, bar, plain or none, not 'fancy'");
}

}  // namespace
}  // namespace eulerpublisher::cli
