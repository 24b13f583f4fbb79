#pragma once

#include <list>
#include <memory>
#include <string>
#include <string_view>
#include <thread>

#include "base/clock.h"
#include "base/guarded.h"
#include "base/log.h"
#include "base/progress.h"
#include "base/result.h"
#include "cli/progress_bars.h"
#include "cli/screen.h"

namespace eulerpublisher::cli {

// How transfers are shown (spec: cli.md, --progress).
enum class ProgressMode {
  automatic,  // bars where the cursor can be moved, else plain
  bar,        // one line per transfer, redrawn in place; what has ended stays above as a line
  plain,      // a line when a transfer starts and ends, and every ten seconds between
  none,
};

Result<ProgressMode> parse_progress_mode(std::string_view word);

// Shows transfers to people.  Also the receiver of the log, so that log lines and bars do not run into each
// other; log lines are shown in every mode.  It must outlive its transfers; the Screen it prints on outlives
// the log's use of it.
class ProgressDisplay : public Progress {
 public:
  // Bars asked for where the cursor cannot be moved become plain lines.
  ProgressDisplay(ProgressMode mode, LogLevel least, Terminal& terminal, Clock& clock);
  // Takes the bars away.  The log goes on printing to the terminal.
  ~ProgressDisplay() override;
  ProgressDisplay(const ProgressDisplay&) = delete;
  ProgressDisplay& operator=(const ProgressDisplay&) = delete;

  std::unique_ptr<Transfer> start(std::string label) override;

  // Draws what is due now.  ProgressThread calls it ten times a second.
  void tick();

  ProgressMode mode() const { return mode_; }  // never automatic

 private:
  friend class ShownTransfer;

  // One transfer that goes on.
  struct Running {
    TransferView view;
    RateMeter rate;
    Instant started;
    Instant last_line;
  };
  using Board =
      std::list<Running>;  // in the order in which they were started; a transfer holds its place in it

  void end(Board::iterator place, bool done, const std::string& note);
  void draw();

  ProgressMode mode_;
  Clock& clock_;
  std::shared_ptr<Screen> screen_;
  Guarded<Board> board_;
};

// Ticks until it goes out of scope.  In the modes that have nothing to redraw there is no thread.
class ProgressThread {
 public:
  ProgressThread(ProgressDisplay& display, Clock& clock);

 private:
  std::jthread thread_;
};

}  // namespace eulerpublisher::cli
