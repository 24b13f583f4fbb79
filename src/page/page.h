#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace eulerpublisher::page {

// How a word is to be taken.  Shown by a colour and by nothing else, so the word has to say it too.
enum class Tone { plain, good, warning, bad, quiet };

struct Cell {
  std::string text;
  Tone tone = Tone::plain;
  bool as_code = false;  // a digest, a path, what a program said
};

// A table with a title for each column.  On a narrow screen each row becomes a block of `title: cell` lines.
class Table {
 public:
  struct Column {
    std::string title;
    bool number = false;  // set right
  };

  // At least one column.
  explicit Table(std::vector<Column> columns) : columns_(std::move(columns)) {}

  // The first cell names the row.  Cells that are missing are empty; what stands beyond the last column is
  // left out.
  void add_row(std::vector<Cell> cells);
  size_t rows() const { return rows_.size(); }
  // As an HTML fragment.  `id` must be unique in the page and a name of HTML: letters and hyphens.
  std::string html(std::string_view id) const;

 private:
  std::vector<Column> columns_;
  std::vector<std::vector<Cell>> rows_;
};

// A page that needs nothing but itself: no file beside it and no network, so that it can be kept, sent and
// opened from a disk.  Light or dark as its reader's system is; readable from 360 to 1920 pixels.  All text
// is taken as text, whatever it holds.  A table of many rows can be filtered by typing.
class Page {
 public:
  explicit Page(std::string title) : title_(std::move(title)) {}

  // What a reader wants to know first, in large letters: the word and what it means.
  Page& verdict(const Cell& word, std::string_view meaning);
  // Begins a part with a title of its own.
  Page& heading(std::string_view title);
  // A part of the part.
  Page& subheading(std::string_view title);
  Page& paragraph(std::string_view text);
  // Names and what belongs to them.
  Page& facts(const std::vector<std::pair<std::string, Cell>>& facts);
  Page& table(const Table& table);
  // Text of several lines as a program said it; folded away behind its title.
  Page& output(std::string_view title, std::string_view text);
  // The same for a table.
  Page& folded(std::string_view title, const Table& table);

  // The whole document.
  std::string html() const;

 private:
  std::string next_id();

  std::string title_;
  std::string body_;
  size_t ids_ = 0;
};

}  // namespace eulerpublisher::page
