#include "cli/progress.h"

#include <algorithm>

#include "cli/human.h"

namespace eulerpublisher::cli {
namespace {

using namespace std::chrono_literals;

constexpr auto between_ticks = 100ms;
constexpr auto between_plain_lines = 10s;

std::string_view prefix_of(LogLevel level) {
  if (level == LogLevel::warning) return "warning: ";
  if (level == LogLevel::error) return "error: ";
  return {};
}

std::string last_line(const TransferView& view, std::chrono::milliseconds time, bool done,
                      const std::string& note) {
  if (!done) return fmt::format("{}: stopped after {}", view.label, human_size(view.done));
  std::string text = view.label + ": ";
  if (view.done > 0) text += fmt::format("{} in {}", human_size(view.done), human_time(time));
  if (view.done > 0 && !note.empty()) text += ", ";
  text += note;
  return view.done == 0 && note.empty() ? text + "done" : text;
}

// `amd64 archive: fetching, 12.3 MB of 43.7 MB (28 %), 10.1 MB/s, 0:03 left`
std::string line_between(const TransferView& view) {
  std::string text =
      view.label + ": " + (view.phase.empty() ? "" : view.phase + ", ") + human_size(view.done);
  if (view.total) text += " of " + human_size(*view.total);
  if (view.total && *view.total > 0 && view.done <= *view.total)
    text +=
        fmt::format(" ({:.0f} %)", 100.0 * static_cast<double>(view.done) / static_cast<double>(*view.total));
  if (!view.bytes_per_second) return text;
  double rate = *view.bytes_per_second;
  text += fmt::format(", {}/s", human_size(static_cast<uint64_t>(rate)));
  if (view.total && *view.total > view.done && rate >= 1) {
    double seconds = std::min(static_cast<double>(*view.total - view.done) / rate, 1e7);
    text += fmt::format(", {} left", countdown(std::chrono::seconds(static_cast<int64_t>(seconds))));
  }
  return text;
}

}  // namespace

Result<ProgressMode> parse_progress_mode(std::string_view word) {
  if (word == "auto") return ProgressMode::automatic;
  if (word == "bar") return ProgressMode::bar;
  if (word == "plain") return ProgressMode::plain;
  if (word == "none") return ProgressMode::none;
  return invalid("--progress is auto, bar, plain or none, not '{}'", word.substr(0, 40));
}

// What the work holds while it goes on.
class ShownTransfer : public Transfer {
 public:
  ShownTransfer(ProgressDisplay& display, ProgressDisplay::Board::iterator place)
      : display_(display), place_(place) {}
  ~ShownTransfer() override { end(false, {}); }

  void phase(std::string name) override {
    auto board = display_.board_.lock();
    if (!ended_) place_->view.phase = std::move(name);
  }
  void total(uint64_t bytes) override {
    auto board = display_.board_.lock();
    if (!ended_) place_->view.total = bytes;
  }
  void done_bytes(uint64_t bytes) override {
    auto board = display_.board_.lock();
    if (!ended_) place_->view.done = bytes;
  }
  void add_bytes(uint64_t bytes) override {
    auto board = display_.board_.lock();
    if (!ended_) place_->view.done += bytes;
  }
  void done(std::string note) override { end(true, note); }

 private:
  void end(bool done, const std::string& note) {
    {
      auto board = display_.board_.lock();
      if (ended_) return;
      ended_ = true;
    }
    display_.end(place_, done, note);
  }

  ProgressDisplay& display_;
  ProgressDisplay::Board::iterator place_;
  bool ended_ = false;  // guarded by the board's lock
};

ProgressDisplay::ProgressDisplay(ProgressMode mode, LogLevel least, Terminal& terminal, Clock& clock)
    : mode_(mode), clock_(clock), screen_(std::make_shared<Screen>(terminal)) {
  bool wants_bars = mode == ProgressMode::automatic || mode == ProgressMode::bar;
  if (wants_bars) mode_ = terminal.is_interactive() ? ProgressMode::bar : ProgressMode::plain;
  set_log(least, [screen = screen_](LogLevel level, const std::string& line) {
    screen->print(std::string(prefix_of(level)) + line);
  });
}

ProgressDisplay::~ProgressDisplay() { screen_->show({}); }

std::unique_ptr<Transfer> ProgressDisplay::start(std::string label) {
  Instant now = clock_.now();
  if (mode_ == ProgressMode::plain) screen_->print(label + ": started");
  auto board = board_.lock();
  board->push_back({{std::move(label), {}, 0, {}, {}}, {}, now, now});
  return std::make_unique<ShownTransfer>(*this, std::prev(board->end()));
}

void ProgressDisplay::end(Board::iterator place, bool done, const std::string& note) {
  std::string line;
  {
    auto board = board_.lock();
    auto time = std::chrono::duration_cast<std::chrono::milliseconds>(clock_.now() - place->started);
    line = last_line(place->view, std::max(time, 0ms), done, note);
    board->erase(place);
  }
  if (mode_ == ProgressMode::none) return;
  if (mode_ == ProgressMode::bar) draw();
  screen_->print(line);
}

void ProgressDisplay::tick() {
  Instant now = clock_.now();
  std::vector<std::string> lines;
  {
    auto board = board_.lock();
    for (Running& running : *board) {
      running.rate.saw(now, running.view.done);
      running.view.bytes_per_second = running.rate.bytes_per_second();
      if (mode_ != ProgressMode::plain || now - running.last_line < between_plain_lines) continue;
      running.last_line = now;
      lines.push_back(line_between(running.view));
    }
  }
  for (const std::string& line : lines) screen_->print(line);
  if (mode_ == ProgressMode::bar) draw();
}

void ProgressDisplay::draw() {
  std::vector<TransferView> views;
  {
    auto board = board_.lock();
    for (const Running& running : *board) views.push_back(running.view);
  }
  // One row stays free for the cursor, one for the line above.
  size_t rows = screen_->terminal().rows();
  screen_->show(render_bars(views, screen_->terminal().columns(), rows > 2 ? rows - 2 : 1));
}

ProgressThread::ProgressThread(ProgressDisplay& display, Clock& clock) {
  if (display.mode() == ProgressMode::none) return;
  thread_ = std::jthread([&display, &clock](std::stop_token stop) {
    while (clock.sleep(between_ticks, stop)) display.tick();
  });
}

}  // namespace eulerpublisher::cli
