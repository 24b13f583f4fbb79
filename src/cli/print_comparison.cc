#include "check/comparison.h"
#include "check/evidence.h"
#include "cli/print.h"
#include "cli/table.h"

namespace eulerpublisher::cli {
namespace {

constexpr size_t most_rows = 30;  // of one table; --json has all

std::string or_dash(const std::string& text) { return text.empty() ? "-" : for_evidence(text); }

std::string amount(const Amount& one, std::string (*spell)(uint64_t)) {
  std::string text = spell(one.before) + " -> " + spell(one.after);
  if (auto growth = one.growth()) text += fmt::format(" ({:+.1f}%)", *growth * 100);
  return text;
}

std::string number(uint64_t value) { return std::to_string(value); }

// A title and the first rows of a table; nothing when there are none.
template <class T, class Row>
std::string section(const std::string& title, const std::vector<Table::Column>& columns,
                    const std::vector<T>& all, Row row) {
  if (all.empty()) return {};
  Table table(columns);
  for (size_t i = 0; i < std::min(all.size(), most_rows); ++i) table.add_row(row(all[i]));
  std::string text = "\n" + title + "\n" + table.text();
  if (all.size() > most_rows)
    text += fmt::format("and {} more (all of them with --json)\n", all.size() - most_rows);
  return text;
}

std::string describe(const PlatformComparison& one) {
  std::string text = fmt::format("\n{}\n  layers: {}, {}\n", one.platform.text(), amount(one.layers, number),
                                 amount(one.layer_bytes, size_text));
  if (one.contents_known)
    text += fmt::format("  files: {}, {}\n", amount(one.files, number), amount(one.file_bytes, size_text));
  text += one.packages_known ? fmt::format("  packages: {}\n", amount(one.packages, number))
                             : "  packages: not known of both\n";
  text += section("  packages that changed", {{"package"}, {"arch"}, {"before"}, {"after"}},
                  one.package_changes, [](const PackageChange& package) {
                    return std::vector<std::string>{for_evidence(package.name),
                                                    for_evidence(package.architecture),
                                                    or_dash(package.before), or_dash(package.after)};
                  });
  text += section("  configuration", {{"setting"}, {"before"}, {"after"}}, one.configuration,
                  [](const SettingChange& setting) {
                    return std::vector<std::string>{for_evidence(setting.name), or_dash(setting.before),
                                                    or_dash(setting.after)};
                  });
  text += section("  folders that changed most",
                  {{"folder"}, {"before", Table::Align::right}, {"after", Table::Align::right}}, one.folders,
                  [](const FolderChange& folder) {
                    return std::vector<std::string>{
                        for_evidence(folder.folder == "/" ? "/" : "/" + folder.folder),
                        size_text(folder.bytes.before), size_text(folder.bytes.after)};
                  });
  text += section("  files that changed", {{"file"}, {"change"}, {"what"}}, one.file_changes,
                  [](const FileChange& file) {
                    return std::vector<std::string>{"/" + for_evidence(file.name),
                                                    std::string(name_of(file.kind)), for_evidence(file.what)};
                  });
  return text;
}

// `2 added, 1 removed, 3 in another version`
std::string brief_packages(const PlatformComparison& one) {
  size_t added = 0, removed = 0, changed = 0;
  for (const PackageChange& package : one.package_changes)
    ++(package.before.empty() ? added : package.after.empty() ? removed : changed);
  if (added + removed + changed == 0) return "the same";
  return fmt::format("{} added, {} removed, {} in another version", added, removed, changed);
}

}  // namespace

std::string brief_comparison(const Comparison& comparison) {
  std::string text = fmt::format("since {}, before it:\n", comparison.before.brief());
  for (const PlatformComparison& one : comparison.platforms) {
    text += fmt::format("  {}: layers {}", one.platform.text(), amount(one.layer_bytes, size_text));
    if (one.contents_known) text += fmt::format("; files {}", amount(one.files, number));
    if (one.packages_known) text += "; packages: " + brief_packages(one);
    text += "\n";
  }
  return text;
}

std::string describe(const Comparison& comparison) {
  std::string text = fmt::format("{}\n-> {}\n", comparison.before.text(), comparison.after.text());
  if (comparison.before == comparison.after) return text + "the same image\n";
  for (const Platform& platform : comparison.lost)
    text += fmt::format("{} is there no more\n", platform.text());
  for (const Platform& platform : comparison.gained) text += fmt::format("{} is new\n", platform.text());
  for (const PlatformComparison& one : comparison.platforms) text += describe(one);
  return text;
}

}  // namespace eulerpublisher::cli
