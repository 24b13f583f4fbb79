#include "catalogue/tag_table.h"

#include <algorithm>
#include <array>

#include "catalogue/path_parts.h"
#include "policy/tag_parts.h"

namespace eulerpublisher::catalogue {
namespace {

constexpr std::string_view usual_links = "https://gitee.com/openeuler/openeuler-docker-images/blob/master/";
constexpr std::array<std::string_view, 2> forge_folders{"/blob/", "/tree/"};

std::string_view trimmed(std::string_view text) {
  size_t begin = text.find_first_not_of(" \t\r");
  if (begin == text.npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t\r") - begin + 1);
}

std::string lower(std::string_view text) {
  std::string result(text);
  for (char& c : result)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return result;
}

// The cells of a line of a table; none when it is not one.  A pipe behind a backslash or within backquotes
// separates nothing.
std::vector<std::string_view> cells_of(std::string_view line) {
  line = trimmed(line);
  if (line.find('|') == line.npos) return {};
  if (line.starts_with('|')) line.remove_prefix(1);
  if (line.ends_with('\\')) line.remove_suffix(1);  // seen behind last rows
  if (line.ends_with('|')) line.remove_suffix(1);
  std::vector<std::string_view> cells;
  size_t begin = 0;
  bool quoted = false;
  for (size_t i = 0; i < line.size(); ++i) {
    if (line[i] == '`') quoted = !quoted;
    if (line[i] == '\\') {
      ++i;  // and what stands behind it
    } else if (line[i] == '|' && !quoted) {
      cells.push_back(trimmed(line.substr(begin, i - begin)));
      begin = i + 1;
    }
  }
  cells.push_back(trimmed(line.substr(std::min(begin, line.size()))));
  return cells;
}

// `|---|:--:|`
bool separates(std::string_view line) {
  auto cells = cells_of(line);
  return !cells.empty() && std::ranges::all_of(cells, [](std::string_view cell) {
    return cell.find('-') != cell.npos && cell.find_first_not_of("-:") == cell.npos;
  });
}

std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    size_t end = text.find('\n');
    lines.push_back(text.substr(0, end));
    text = end == text.npos ? std::string_view{} : text.substr(end + 1);
  }
  return lines;
}

int column_of(std::string_view line, std::string_view part) {
  return part.empty() ? 1 : static_cast<int>(part.data() - line.data()) + 1;
}

// `[TAG](LINK)`, TAG in backquotes or not, several separated by commas.
void read_tags(std::string_view cell, TagRow& row) {
  size_t open = cell.find("](");
  if (cell.starts_with('[') && open != cell.npos) {
    size_t close = cell.find(')', open);
    row.link = cell.substr(open + 2, close == cell.npos ? close : close - open - 2);
    cell = cell.substr(1, open - 1);
  }
  while (!cell.empty()) {
    size_t comma = cell.find(',');
    std::string tag(trimmed(cell.substr(0, comma)));
    std::erase(tag, '`');
    if (!tag.empty()) row.tags.push_back(std::move(tag));
    cell = comma == cell.npos ? std::string_view{} : cell.substr(comma + 1);
  }
}

// What people call the application: what stands before its version in what they wrote of a tag.
std::string title_in(const std::optional<TagTable>& before, const Image& image) {
  for (const TagRow& row : before ? before->rows : std::vector<TagRow>{}) {
    if (row.tags.empty()) continue;
    size_t version = row.currently.find(split_tag(row.tags.front()).application);
    if (version != row.currently.npos && version > 1)
      return std::string(trimmed(row.currently.substr(0, version)));
  }
  return image.name;
}

std::string link_prefix(const std::optional<TagTable>& before) {
  for (const TagRow& row : before ? before->rows : std::vector<TagRow>{})
    if (auto file = file_behind(row.link)) return row.link.substr(0, row.link.size() - file->size());
  return std::string(usual_links);
}

std::string words_for(const Entry& entry, const Image& image, const std::string& title) {
  auto path = path_parts(image.folder, entry.file);
  TagParts parts = split_tag(entry.tag, path ? path->openeuler : std::nullopt);
  auto openeuler = parts.openeuler ? parts.openeuler : path ? path->openeuler : std::nullopt;
  return openeuler ? fmt::format("{} {} on openEuler {}", title, parts.application, openeuler->text())
                   : fmt::format("{} {}", title, parts.application);
}

std::string lines_from(const std::vector<std::vector<std::string>>& rows) {
  std::vector<size_t> widths(3, 3);
  for (const auto& row : rows)
    for (size_t i = 0; i < widths.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  std::string text;
  for (size_t i = 0; i < rows.size(); ++i) {
    for (size_t j = 0; j < widths.size(); ++j) text += fmt::format("| {:{}} ", rows[i][j], widths[j]);
    text += "|\n";
    if (i > 0) continue;
    for (size_t width : widths) text += fmt::format("|{:-<{}}", "", width + 2);
    text += "|\n";
  }
  return text;
}

}  // namespace

std::optional<TagTable> find_tag_table(std::string_view text) {
  std::vector<std::string_view> lines = lines_of(text);
  for (size_t i = 0; i + 1 < lines.size(); ++i) {
    auto titles = cells_of(lines[i]);
    if (titles.empty() || (lower(titles[0]) != "tag" && lower(titles[0]) != "tags")) continue;
    if (!separates(lines[i + 1])) continue;
    TagTable table{
        static_cast<int>(i) + 1, column_of(lines[i], titles[0]), {titles.begin(), titles.end()}, {}};
    auto title = std::ranges::find_if(
        titles, [](std::string_view title) { return lower(title).starts_with("architecture"); });
    size_t architectures = title - titles.begin();
    bool framed = trimmed(lines[i]).starts_with('|');
    for (size_t at = i + 2; at < lines.size(); ++at) {
      auto cells = cells_of(lines[at]);
      if (cells.empty() || (framed && !trimmed(lines[at]).starts_with('|'))) break;
      TagRow row;
      row.line = static_cast<int>(at) + 1;
      row.column = column_of(lines[at], cells[0]);
      read_tags(cells[0], row);
      if (cells.size() > 1) row.currently = cells[1];
      if (architectures < cells.size()) row.architectures = cells[architectures];
      table.rows.push_back(std::move(row));
    }
    return table;
  }
  return std::nullopt;
}

std::optional<std::string> file_behind(std::string_view link) {
  for (std::string_view folder : forge_folders) {
    size_t at = link.find(folder);
    if (at == link.npos) continue;
    size_t branch_end = link.find('/', at + folder.size());
    if (branch_end == link.npos) continue;
    return std::string(link.substr(branch_end + 1));
  }
  return std::nullopt;
}

std::string tag_table_of(const Image& image, const std::optional<TagTable>& before) {
  std::vector<std::vector<std::string>> rows{{"Tags", "Currently", "Architectures"}};
  if (before && before->titles.size() == 3) rows[0] = before->titles;
  std::string title = title_in(before, image);
  std::string links = link_prefix(before);
  for (const Entry& entry : image.entries) {
    if (!entry.publishable) continue;
    std::string currently = words_for(entry, image, title);
    for (const TagRow& row : before ? before->rows : std::vector<TagRow>{})
      if (std::ranges::find(row.tags, entry.tag) != row.tags.end() && !row.currently.empty())
        currently = row.currently;
    std::vector<std::string> architectures;
    for (const Platform& platform : entry.platforms) architectures.push_back(platform.architecture);
    rows.push_back({fmt::format("[{}]({}{})", entry.tag, links, entry.file), currently,
                    fmt::format("{}", fmt::join(architectures, ", "))});
  }
  return lines_from(rows);
}

}  // namespace eulerpublisher::catalogue
