#include "catalogue/meta_file.h"

#include <algorithm>
#include <array>
#include <map>

#include "base/nearest.h"
#include "catalogue/yaml_file.h"
#include "oci/name.h"

namespace eulerpublisher::catalogue {
namespace {

using Kind = YamlNode::Kind;

constexpr std::string_view forms =
    "write `tag: {path: P}`, with `arch: A` where it is for one architecture, or `tag: P`";

class MetaReader {
 public:
  MetaReader(const std::string& file, const std::string& image, Findings& findings)
      : file_(file), image_(image), findings_(findings) {}

  std::vector<Entry> read(std::string_view text) {
    YamlFile yaml = read_entries(text, 1);
    for (const YamlFault& fault : yaml.faults)
      findings_.push_back({Code::not_yaml, {file_, fault.line, fault.column}, fault.text, {}});
    const YamlNode& root = yaml.root;
    if (root.kind == Kind::nothing && yaml.faults.empty())
      say(Code::empty_meta, root, "the file holds nothing", std::string(forms));
    if (root.kind == Kind::list)
      say(Code::sequence_meta, root, "this is a sequence; a mapping of tags is expected", std::string(forms));
    if (is_record(root)) {
      say(Code::record_meta, root.entries.front().key,
          "this is a record of name, tag and file; a mapping of tags is expected", std::string(forms));
      return {};
    }
    for (const auto& [key, value] : root.entries) entries_.push_back(read_entry(key, value));
    look_for_repeated_tags();
    return std::move(entries_);
  }

 private:
  Place place_of(const YamlNode& node) const { return {file_, node.line, node.column}; }

  void say(Code code, const YamlNode& node, std::string text, std::string hint) {
    findings_.push_back({code, place_of(node), std::move(text), std::move(hint)});
  }
  // About an entry.  What is an error spoils it.
  void say(Code code, const YamlNode& node, Entry& entry, std::string text, std::string hint) {
    say(code, node, std::move(text), std::move(hint));
    findings_.back().about = {image_ + ":" + entry.tag};
    if (rule_of(code).severity == Severity::error) entry.publishable = false;
  }

  // `name: x`, `tag: y`, `file: z`: what other tools call a meta.yml.
  static bool is_record(const YamlNode& root) {
    constexpr std::array<std::string_view, 5> keys{"name", "tag", "file", "path", "arch"};
    auto has = [&](std::string_view key) {
      return std::ranges::any_of(root.entries, [&](const YamlEntry& entry) { return entry.key.text == key; });
    };
    return has("tag") && (has("name") || has("file") || has("path")) &&
           std::ranges::all_of(root.entries, [&](const YamlEntry& entry) {
             return std::ranges::find(keys, entry.key.text) != keys.end();
           });
  }

  Entry read_entry(const YamlNode& key, const YamlNode& value) {
    Entry entry;
    entry.tag = key.text;
    entry.place = place_of(key);
    entry.path_place = place_of(value);
    entry.platforms = {{"linux", "amd64", ""}, {"linux", "arm64", ""}};
    if (!Tag::parse(entry.tag))
      say(Code::illegal_tag, key, entry, fmt::format("'{}' is no tag", for_message(entry.tag)),
          "letters, digits, `_`, `.` and `-`, at most 128, not beginning with `.` or `-`");
    if (entry.tag == "latest") {
      say(Code::latest_as_entry, key, entry, "`latest` is not published from here: the rule decides about it",
          "to decide otherwise, give the policy `images: {" + image_ + ": {latest: TAG}}`");
      entry.publishable = false;
    }
    if (value.kind == Kind::map)
      read_map(entry, key, value);
    else if (value.kind == Kind::list && value.items.size() == 1)
      read_path(entry, value.items.front());
    else if (value.kind == Kind::list)
      say(Code::wrong_entry, value, entry,
          fmt::format("the tag {} has a list of {} files; it can have one", for_message(entry.tag),
                      value.items.size()),
          "give each file a tag of its own");
    else
      read_path(entry, value.kind == Kind::nothing ? key_without_value(key) : value);
    return entry;
  }

  // Where nothing stands, yaml-cpp names the place after it.
  static YamlNode key_without_value(const YamlNode& key) {
    YamlNode nothing;
    nothing.line = key.line;
    nothing.column = key.column;
    return nothing;
  }

  void read_map(Entry& entry, const YamlNode& key, const YamlNode& map) {
    constexpr std::array<std::string_view, 2> known{"path", "arch"};
    const YamlNode* path = nullptr;
    const YamlNode* arch = nullptr;
    for (const auto& [name, value] : map.entries) {
      const YamlNode** here = name.text == "path" ? &path : name.text == "arch" ? &arch : nullptr;
      if (!here && lacks_blank(name, entry)) continue;
      if (!here) {
        auto meant = nearest(name.text, known);
        say(Code::wrong_entry, name, entry, fmt::format("unknown key '{}'", for_message(name.text)),
            meant ? fmt::format("did you mean '{}'?", *meant) : std::string(forms));
      } else if (*here) {
        say(Code::wrong_entry, name, entry, fmt::format("the key '{}' is given twice", name.text),
            "keep one of them");
      } else {
        *here = &value;
      }
    }
    if (path)
      read_path(entry, *path);
    else
      say(Code::wrong_entry, key, entry, fmt::format("the tag {} has no path", for_message(entry.tag)),
          std::string(forms));
    if (arch) read_architectures(entry, *arch);
  }

  // `path:P`, which YAML takes for a word.
  bool lacks_blank(const YamlNode& node, Entry& entry) {
    for (std::string_view key : {"path:", "arch:"}) {
      if (node.kind != Kind::scalar || !node.text.starts_with(key)) continue;
      say(Code::not_yaml, node, entry, fmt::format("a blank is missing after `{}`", key),
          fmt::format("write `{} {}`", key, for_message(node.text.substr(key.size()))));
      return true;
    }
    return false;
  }

  void read_path(Entry& entry, const YamlNode& node) {
    entry.path_place = place_of(node);
    if (lacks_blank(node, entry)) return;
    if (node.kind == Kind::scalar && !node.text.empty())
      entry.path = node.text;
    else
      say(Code::wrong_entry, node, entry, fmt::format("the tag {} names no file", for_message(entry.tag)),
          std::string(forms));
  }

  void read_architectures(Entry& entry, const YamlNode& node) {
    auto platforms = parse_platforms(node.kind == Kind::scalar ? node.text : "");
    if (platforms)
      entry.platforms = std::move(*platforms);
    else
      say(Code::wrong_architecture, node, entry, platforms.error().text(),
          "x86_64, aarch64 or loongarch64; several are separated by commas");
  }

  // Which of them is meant nobody knows: none is published.
  void look_for_repeated_tags() {
    std::map<std::string_view, Entry*> first;
    for (Entry& entry : entries_) {
      auto [known, is_new] = first.emplace(entry.tag, &entry);
      if (is_new) continue;
      known->second->publishable = entry.publishable = false;
      findings_.push_back({Code::repeated_tag,
                           entry.place,
                           fmt::format("the tag {} stands twice, the first time in line {}",
                                       for_message(entry.tag), known->second->place.line),
                           "neither is published until one of them is gone",
                           {image_ + ":" + entry.tag}});
    }
  }

  const std::string& file_;
  const std::string& image_;
  Findings& findings_;
  std::vector<Entry> entries_;
};

}  // namespace

std::vector<Entry> read_meta(std::string_view text, const std::string& file, const std::string& image,
                             Findings& findings) {
  return MetaReader(file, image, findings).read(text);
}

}  // namespace eulerpublisher::catalogue
