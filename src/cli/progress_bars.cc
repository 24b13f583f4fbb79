#include "cli/progress_bars.h"

#include <fmt/format.h>

#include <algorithm>

#include "cli/human.h"
#include "cli/text_width.h"

namespace eulerpublisher::cli {
namespace {

using namespace std::chrono_literals;

constexpr auto remembered = 5s;
constexpr auto enough_to_go_by = 500ms;
constexpr size_t gap = 2;
constexpr size_t shortest_bar = 10;
constexpr size_t longest_bar = 40;
constexpr size_t shortest_label = 12;

// The parts of a line, each as wide in all lines.
struct Parts {
  std::string label;
  std::string phase;
  std::string done;
  std::string total;  // with the slash
  std::string rate;
  std::string left;
};

Parts parts_of(const TransferView& transfer) {
  Parts parts;
  parts.label = printable(transfer.label);
  parts.phase = printable(transfer.phase);
  parts.done = human_size(transfer.done);
  if (transfer.total) parts.total = "/ " + human_size(*transfer.total);
  if (!transfer.bytes_per_second) return parts;
  double rate = *transfer.bytes_per_second;
  parts.rate = human_size(static_cast<uint64_t>(rate)) + "/s";
  if (transfer.total && *transfer.total > transfer.done && rate >= 1) {
    double seconds = static_cast<double>(*transfer.total - transfer.done) / rate;
    parts.left = countdown(std::chrono::seconds(static_cast<int64_t>(std::min(seconds, 1e7))));
  }
  return parts;
}

// Which parts there is room for, and how wide each is.
struct Layout {
  size_t label = 0;
  size_t phase = 0;
  size_t bar = 0;
  size_t done = 0;
  size_t total = 0;
  size_t rate = 0;
  size_t left = 0;

  size_t width() const {
    size_t sum = label + (total > 0 ? total + 1 : 0);
    for (size_t part : {phase, bar, done, rate, left})
      if (part > 0) sum += gap + part;
    return sum;
  }
};

Layout layout_for(const std::vector<Parts>& lines, size_t width) {
  Layout layout;
  for (const Parts& parts : lines) {
    layout.label = std::max(layout.label, text_width(parts.label));
    layout.phase = std::max(layout.phase, text_width(parts.phase));
    layout.done = std::max(layout.done, text_width(parts.done));
    layout.total = std::max(layout.total, text_width(parts.total));
    layout.rate = std::max(layout.rate, text_width(parts.rate));
    layout.left = std::max(layout.left, text_width(parts.left));
  }
  for (size_t* part : {&layout.rate, &layout.left, &layout.total, &layout.phase}) {
    if (layout.width() <= width) break;
    // A label that is much longer than the others' figures gives way first.
    size_t excess = layout.width() - width;
    size_t spare = layout.label > shortest_label ? layout.label - shortest_label : 0;
    if (excess <= spare)
      layout.label -= excess;
    else
      *part = 0;
  }
  if (layout.width() > width) {
    size_t excess = layout.width() - width;
    layout.label = layout.label > excess ? layout.label - excess : 0;
  }
  size_t room = width > layout.width() + gap ? width - layout.width() - gap : 0;
  if (room >= shortest_bar && layout.total > 0) layout.bar = std::min(room, longest_bar);
  return layout;
}

std::string bar_of(const TransferView& transfer, size_t width) {
  if (!transfer.total) return std::string(width, ' ');
  size_t inside = width - 2;
  double part =
      *transfer.total == 0 ? 1 : static_cast<double>(transfer.done) / static_cast<double>(*transfer.total);
  size_t full = std::min(inside, static_cast<size_t>(part * static_cast<double>(inside)));
  std::string bar(full, '=');
  if (full < inside) bar += '>';
  return fmt::format("[{}]", padded(bar, inside));
}

std::string line_of(const TransferView& transfer, const Parts& parts, const Layout& layout) {
  std::string line = padded(cut(parts.label, layout.label), layout.label);
  std::string between(gap, ' ');
  if (layout.phase > 0) line += between + padded(parts.phase, layout.phase);
  if (layout.bar > 0) line += between + bar_of(transfer, layout.bar);
  line += between + padded_left(parts.done, layout.done);
  if (layout.total > 0) line.append(" ").append(padded(parts.total, layout.total));
  if (layout.rate > 0) line += between + padded_left(parts.rate, layout.rate);
  if (layout.left > 0) line += between + padded_left(parts.left, layout.left);
  line.erase(line.find_last_not_of(' ') + 1);
  return line;
}

}  // namespace

void RateMeter::saw(Instant time, uint64_t bytes) {
  if (!samples_.empty() && (bytes < samples_.back().second || time < samples_.back().first)) samples_.clear();
  samples_.emplace_back(time, bytes);
  while (samples_.size() > 2 && time - samples_[1].first >= remembered) samples_.pop_front();
}

std::optional<double> RateMeter::bytes_per_second() const {
  if (samples_.empty()) return std::nullopt;
  auto time = samples_.back().first - samples_.front().first;
  if (time < enough_to_go_by) return std::nullopt;
  return static_cast<double>(samples_.back().second - samples_.front().second) /
         std::chrono::duration<double>(time).count();
}

std::vector<std::string> render_bars(const std::vector<TransferView>& transfers, size_t columns,
                                     size_t rows) {
  // The last column stays free, since writing there makes some terminals begin a new line.
  size_t width = columns > 1 ? columns - 1 : 1;
  size_t shown = transfers.size();
  if (shown > rows) shown = rows > 0 ? rows - 1 : 0;

  std::vector<Parts> parts;
  for (size_t i = 0; i < shown; ++i) parts.push_back(parts_of(transfers[i]));
  Layout layout = layout_for(parts, width);
  std::vector<std::string> lines;
  for (size_t i = 0; i < shown; ++i) lines.push_back(cut(line_of(transfers[i], parts[i], layout), width));
  if (shown < transfers.size() && rows > 0)
    lines.push_back(cut(fmt::format("and {} more", transfers.size() - shown), width));
  return lines;
}

}  // namespace eulerpublisher::cli
