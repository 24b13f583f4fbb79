#include "cli/table.h"

#include <algorithm>

#include "cli/text_width.h"

namespace eulerpublisher::cli {
namespace {

constexpr size_t gap = 2;
constexpr size_t narrowest_last = 16;  // below this, breaking a column into lines helps nobody

}  // namespace

void Table::add_row(std::vector<std::string> cells) {
  cells.resize(columns_.size());
  for (std::string& cell : cells) cell = printable(cell);
  rows_.push_back(std::move(cells));
}

std::string Table::text(size_t terminal_columns) const {
  std::vector<std::vector<std::string>> rows{{}};
  for (const Column& column : columns_) rows[0].push_back(column.title);
  rows.insert(rows.end(), rows_.begin(), rows_.end());

  std::vector<size_t> widths(columns_.size());
  for (const auto& row : rows)
    for (size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], text_width(row[i]));
  size_t before_last = 0;
  for (size_t i = 0; i + 1 < widths.size(); ++i) before_last += widths[i] + gap;
  if (terminal_columns != 0) {
    size_t room = terminal_columns > before_last ? terminal_columns - before_last : 0;
    widths.back() = std::min(widths.back(), std::max(room, narrowest_last));
  }

  std::string text;
  for (const auto& row : rows) {
    std::string line;
    for (size_t i = 0; i + 1 < row.size(); ++i) {
      bool right = columns_[i].align == Align::right;
      line += (right ? padded_left(row[i], widths[i]) : padded(row[i], widths[i])) + std::string(gap, ' ');
    }
    for (const std::string& piece : wrapped(row.back(), widths.back())) {
      bool right = columns_.back().align == Align::right;
      line += right ? padded_left(piece, widths.back()) : piece;
      line.erase(line.find_last_not_of(' ') + 1);
      text += line + "\n";
      line = std::string(before_last, ' ');
    }
  }
  return text;
}

}  // namespace eulerpublisher::cli
