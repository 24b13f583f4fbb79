#include <algorithm>
#include <array>
#include <set>

#include "catalogue/comparing.h"
#include "catalogue/tag_table.h"

namespace eulerpublisher::catalogue {
namespace {

std::string words(const std::vector<Platform>& platforms) {
  std::vector<std::string> architectures;
  for (const Platform& platform : platforms) architectures.push_back(platform.architecture);
  return fmt::format("{}", fmt::join(architectures, ", "));
}

class TableRules {
 public:
  TableRules(const Image& image, std::string file, Code code, Findings& findings)
      : image_(image), file_(std::move(file)), code_(code), findings_(findings) {
    for (const Entry& entry : image.entries)
      if (Tag::parse(entry.tag) && entry.tag != "latest") entries_.emplace(entry.tag, &entry);
  }

  void look(std::string_view text) {
    auto table = find_tag_table(text);
    if (!table) return say(1, 1, "there is no table of tags in this file", {});
    for (const TagRow& row : table->rows)
      for (const std::string& tag : row.tags) look_at(row, tag);
    std::vector<std::string> missing;
    for (const auto& [tag, entry] : entries_)
      if (!seen_.contains(tag)) missing.push_back(tag);
    if (!missing.empty())
      say(table->line, table->column, fmt::format("the table lacks {}", fmt::join(missing, ", ")), missing);
  }

 private:
  void look_at(const TagRow& row, const std::string& tag) {
    if (tag == "latest") return;
    auto found = entries_.find(tag);
    if (found == entries_.end())
      return say(row.line, row.column, fmt::format("meta.yml has no tag '{}'", for_message(tag)), {});
    if (!seen_.insert(tag).second)
      return say(row.line, row.column, fmt::format("{} stands in the table twice", tag), {tag});
    const Entry& entry = *found->second;
    if (!row.architectures.empty()) compare_architectures(row, entry);
    auto file = file_behind(row.link);
    if (file && !entry.file.empty() && *file != entry.file)
      say(row.line, row.column,
          fmt::format("{} leads to {}, and meta.yml names {}", tag, for_message(*file), entry.file), {tag});
  }

  void compare_architectures(const TagRow& row, const Entry& entry) {
    auto written = parse_platforms(row.architectures);
    if (written && std::set(written->begin(), written->end()) ==
                       std::set(entry.platforms.begin(), entry.platforms.end()))
      return;
    say(row.line, row.column,
        fmt::format("{} is for {} in the table and for {} in meta.yml", entry.tag,
                    for_message(row.architectures), words(entry.platforms)),
        {entry.tag});
  }

  void say(int line, int column, std::string text, const std::vector<std::string>& tags) {
    Finding finding{code_,
                    {file_, line, column},
                    std::move(text),
                    fmt::format("`container readme table {}` prints the right table", image_.folder)};
    finding.about = {image_.name};
    for (const std::string& tag : tags) finding.about.push_back(image_.name + ":" + tag);
    findings_.push_back(std::move(finding));
  }

  const Image& image_;
  const std::string file_;
  const Code code_;
  Findings& findings_;
  std::map<std::string, const Entry*> entries_;
  std::set<std::string> seen_;
};

}  // namespace

void compare_tables(const Catalogue& catalogue, Findings& findings) {
  constexpr std::array<std::pair<std::string_view, Code>, 2> documents{
      {{"/README.md", Code::readme_table}, {"/doc/image-info.yml", Code::info_table}}};
  std::set<std::string> done;  // two names may have one folder
  for (const Image& image : catalogue.images) {
    if (image.entries.empty() || !done.insert(image.folder).second) continue;
    for (const auto& [name, code] : documents) {
      std::string file = image.folder + std::string(name);
      if (!catalogue.tree.has_file(file)) continue;
      auto text = catalogue.tree.text(file);
      if (text)
        TableRules(image, file, code, findings).look(*text);
      else
        findings.push_back({Code::unreadable_file, {file}, text.error().text(), {}, {image.name}});
    }
  }
}

}  // namespace eulerpublisher::catalogue
