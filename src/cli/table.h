#pragma once

#include <string>
#include <vector>

namespace eulerpublisher::cli {

// A table for people, in plain text: columns two blanks apart, as wide as their widest cell; Chinese counts
// double.
class Table {
 public:
  enum class Align { left, right };
  struct Column {
    std::string title;
    Align align = Align::left;
  };

  // At least one column.
  explicit Table(std::vector<Column> columns) : columns_(std::move(columns)) {}

  // Cells that are missing are empty; what stands beyond the last column is left out.
  void add_row(std::vector<std::string> cells);
  bool empty() const { return rows_.empty(); }

  // The titles and the rows, each ending with a newline, without blanks at their ends.  In a terminal of
  // `terminal_columns` the last column is broken into lines instead of running over; 0 is no limit.
  std::string text(size_t terminal_columns = 0) const;

 private:
  std::vector<Column> columns_;
  std::vector<std::vector<std::string>> rows_;
};

}  // namespace eulerpublisher::cli
