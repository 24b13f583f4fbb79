#include "catalogue/yaml_file.h"

#include <algorithm>
#include <optional>

namespace eulerpublisher::catalogue {
namespace {

using Kind = YamlNode::Kind;

// Lines of a file that belong together: an entry of a mapping with what is indented below it.
struct Block {
  int first_line;  // counts from zero
  std::vector<std::string_view> lines;
};

std::string joined(const std::vector<std::string_view>& lines) {
  std::string text;
  for (std::string_view line : lines) {
    text += line;
    text += '\n';
  }
  return text;
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

// How many blanks stand in front; nothing for a line that says nothing.
std::optional<size_t> indent_of(std::string_view line) {
  size_t begin = line.find_first_not_of(' ');
  if (begin == line.npos || line[begin] == '#' || line[begin] == '\r') return std::nullopt;
  return begin;
}

// A list may stand under its key without being indented.
bool continues_entry(std::string_view line, size_t indent) {
  std::string_view rest = line.substr(indent);
  return rest.starts_with("- ") || rest == "-" || rest.starts_with("]") || rest.starts_with("}");
}

// Lines that begin an entry stand at `indent` or further left.
std::vector<Block> blocks_of(const Block& all, size_t indent) {
  std::vector<Block> blocks;
  for (size_t i = 0; i < all.lines.size(); ++i) {
    std::string_view line = all.lines[i];
    auto begin = indent_of(line);
    // Behind a tab at the top level nothing can begin: it belongs to the entry above.
    bool tab = begin && line[*begin] == '\t' && indent == 0;
    bool starts = begin && *begin <= indent && !tab && !continues_entry(line, *begin);
    if (starts && (line.starts_with("---") || line.starts_with("..."))) continue;
    if (starts || blocks.empty()) blocks.push_back({all.first_line + static_cast<int>(i), {}});
    blocks.back().lines.push_back(line);
  }
  return blocks;
}

void move_down(YamlNode& node, int lines) {
  node.line += lines;
  for (YamlNode& item : node.items) move_down(item, lines);
  for (YamlEntry& entry : node.entries) {
    move_down(entry.key, lines);
    move_down(entry.value, lines);
  }
}

// yaml-cpp's words for the commonest faults are far from what is wrong: says those better.
YamlFault explained(const Block& block, YamlFault fault) {
  for (size_t i = 0; i < block.lines.size(); ++i) {
    std::string_view line = block.lines[i];
    size_t begin = line.find_first_not_of(" \t");
    size_t tab = line.substr(0, begin).find('\t');
    if (begin == line.npos || tab == line.npos) continue;
    return {block.first_line + static_cast<int>(i) + 1, static_cast<int>(tab) + 1,
            "a tab stands in the indentation: YAML wants blanks"};
  }
  fault.line += block.first_line;
  return fault;
}

class EntryByEntry {
 public:
  // Adds to `map` what can be read of the block's entries, which stand at `indent`.
  void read(const Block& block, size_t indent, int levels, YamlNode& map) {
    for (const Block& entry : blocks_of(block, indent)) read_entry(entry, levels, map);
  }
  std::vector<YamlFault> faults;

 private:
  void read_entry(const Block& block, int levels, YamlNode& map) {
    auto node = parse_yaml(joined(block.lines), RepeatedKeys::kept);
    if (node && node->kind == Kind::nothing) return;
    if (node && node->kind == Kind::map) {
      move_down(*node, block.first_line);
      std::ranges::move(node->entries, std::back_inserter(map.entries));
      return;
    }
    if (!node && levels > 1 && read_below(block, levels, map)) return;
    if (node)
      faults.push_back({node->line + block.first_line, node->column,
                        fmt::format("'{}' is no `key: value`: is a blank missing after the colon?",
                                    for_message(node->text))});
    else
      faults.push_back(explained(block, node.error()));
  }

  // `key:` with entries below it: those are read one by one.
  bool read_below(const Block& block, int levels, YamlNode& map) {
    auto head = parse_yaml(block.lines.front(), RepeatedKeys::kept);
    bool opens = head && head->kind == Kind::map && head->entries.size() == 1 &&
                 head->entries[0].value.kind == Kind::nothing;
    if (!opens) return false;
    Block below{block.first_line + 1, {block.lines.begin() + 1, block.lines.end()}};
    auto first = std::ranges::find_if(below.lines, [](auto line) { return indent_of(line).has_value(); });
    if (first == below.lines.end()) return false;
    move_down(*head, block.first_line);
    YamlEntry& entry = head->entries[0];
    entry.value.kind = Kind::map;
    read(below, *indent_of(*first), levels - 1, entry.value);
    map.entries.push_back(std::move(entry));
    return true;
  }
};

}  // namespace

YamlFile read_entries(std::string_view text, int levels) {
  auto whole = parse_yaml(text, RepeatedKeys::kept);
  if (whole && whole->kind != Kind::scalar) return {std::move(*whole), {}};
  YamlFile file;
  EntryByEntry reader;
  reader.read({0, lines_of(text)}, 0, levels, file.root);
  if (!file.root.entries.empty()) file.root.kind = Kind::map;
  file.faults = std::move(reader.faults);
  if (file.faults.empty() && !whole) file.faults.push_back(whole.error());
  return file;
}

}  // namespace eulerpublisher::catalogue
