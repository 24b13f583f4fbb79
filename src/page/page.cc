#include "page/page.h"

#include <fmt/format.h>

#include "page/appearance.h"
#include "page/html.h"

namespace eulerpublisher::page {
namespace {

constexpr size_t long_table = 20;  // rows; from here on it can be filtered

std::string_view class_of(Tone tone) {
  switch (tone) {
    case Tone::good:
      return "good";
    case Tone::warning:
      return "warning";
    case Tone::bad:
      return "bad";
    case Tone::quiet:
      return "quiet";
    case Tone::plain:
      break;
  }
  return {};
}

std::string inline_html(const Cell& cell) {
  if (cell.text.empty()) return {};
  std::string html = escape(cell.text);
  if (cell.as_code) html = "<code>" + html + "</code>";
  if (std::string_view tone = class_of(cell.tone); !tone.empty())
    html = fmt::format("<span class=\"{}\">{}</span>", tone, html);
  return html;
}

}  // namespace

void Table::add_row(std::vector<Cell> cells) {
  cells.resize(columns_.size());
  rows_.push_back(std::move(cells));
}

std::string Table::html(std::string_view id) const {
  std::string html = fmt::format("<table id=\"{}\"{}>\n<thead><tr>", id,
                                 rows_.size() >= long_table ? " class=\"long\"" : "");
  for (const Column& column : columns_)
    html += fmt::format("<th scope=\"col\"{}>{}</th>", column.number ? " class=\"number\"" : "",
                        escape(column.title));
  html += "</tr></thead>\n<tbody>\n";
  for (const std::vector<Cell>& row : rows_) {
    html += "<tr><th scope=\"row\">" + inline_html(row[0]) + "</th>";
    for (size_t i = 1; i < row.size(); ++i)
      html += fmt::format("<td{} data-title=\"{}\">{}</td>", columns_[i].number ? " class=\"number\"" : "",
                          escape(columns_[i].title), inline_html(row[i]));
    html += "</tr>\n";
  }
  return html + "</tbody>\n</table>\n";
}

std::string Page::next_id() { return fmt::format("part-{}", ++ids_); }

Page& Page::verdict(const Cell& word, std::string_view meaning) {
  std::string_view tone = class_of(word.tone);
  body_ += fmt::format("<p class=\"verdict\"><span class=\"word {}\">{}</span> <span>{}</span></p>\n", tone,
                       escape(word.text), escape(meaning));
  return *this;
}

Page& Page::heading(std::string_view title) {
  body_ += "<h2>" + escape(title) + "</h2>\n";
  return *this;
}

Page& Page::subheading(std::string_view title) {
  body_ += "<h3>" + escape(title) + "</h3>\n";
  return *this;
}

Page& Page::paragraph(std::string_view text) {
  body_ += "<p>" + escape(text) + "</p>\n";
  return *this;
}

Page& Page::facts(const std::vector<std::pair<std::string, Cell>>& facts) {
  body_ += "<dl>\n";
  for (const auto& [name, fact] : facts)
    body_ += fmt::format("<dt>{}</dt><dd>{}</dd>\n", escape(name), inline_html(fact));
  body_ += "</dl>\n";
  return *this;
}

Page& Page::table(const Table& table) {
  if (table.rows() == 0) {
    body_ += "<p class=\"nothing\">None.</p>\n";
  } else {
    body_ += table.html(next_id());
  }
  return *this;
}

Page& Page::output(std::string_view title, std::string_view text) {
  body_ +=
      fmt::format("<details><summary>{}</summary><pre>{}</pre></details>\n", escape(title), escape(text));
  return *this;
}

Page& Page::folded(std::string_view title, const Table& table) {
  body_ += fmt::format("<details><summary>{}</summary>\n", escape(title));
  this->table(table);
  body_ += "</details>\n";
  return *this;
}

std::string Page::html() const {
  return fmt::format(
      "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; "
      "script-src '{}'\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<title>{}</title>\n<style>{}</style>\n</head>\n<body>\n<h1>{}</h1>\n{}<script>{}</script>\n</body>\n"
      "</html>\n",
      filter_script_hash, escape(title_), style_sheet, escape(title_), body_, filter_script);
}

}  // namespace eulerpublisher::page
