#include "report/html_comparison.h"

#include <algorithm>

#include "check/evidence.h"

namespace eulerpublisher {
namespace {

using page::Cell;
using page::Page;
using page::Table;
using page::Tone;

constexpr size_t most_files = 1000;  // rows: `check --diff --json` has all

std::string or_absent(const std::string& text) { return text.empty() ? "not there" : for_evidence(text); }

std::string or_none(const std::vector<Platform>& platforms) {
  return platforms.empty() ? "none" : list_of(platforms);
}

std::string number(uint64_t value) { return std::to_string(value); }

std::string change_of(const Amount& amount) {
  if (amount.before == amount.after) return "the same";
  auto growth = amount.growth();
  return growth ? fmt::format("{:+.1f}%", *growth * 100) : "new";
}

void add_amounts(Page& page, const PlatformComparison& one) {
  Table amounts({{"What"}, {"Before", true}, {"Now", true}, {"Change", true}});
  auto add = [&](const char* what, const Amount& amount, std::string (*spell)(uint64_t)) {
    amounts.add_row({{what}, {spell(amount.before)}, {spell(amount.after)}, {change_of(amount)}});
  };
  add("layers", one.layers, number);
  add("bytes of layers, as they travel", one.layer_bytes, size_text);
  if (one.contents_known) {
    add("files", one.files, number);
    add("bytes of files", one.file_bytes, size_text);
  }
  if (one.packages_known) add("packages", one.packages, number);
  page.table(amounts);
}

void add_packages(Page& page, const PlatformComparison& one) {
  if (!one.packages_known) {
    page.paragraph("It is not known which packages both have.");
    return;
  }
  if (one.package_changes.empty()) {
    page.paragraph("The packages are the same.");
    return;
  }
  Table packages({{"Package"}, {"Change"}, {"Before"}, {"Now"}, {"Architecture"}});
  for (const PackageChange& package : one.package_changes) {
    Cell change{"another version", Tone::plain};
    if (package.before.empty()) change = {"added", Tone::good};
    if (package.after.empty()) change = {"removed", Tone::warning};
    packages.add_row({{for_evidence(package.name)},
                      change,
                      {or_absent(package.before), Tone::plain, true},
                      {or_absent(package.after), Tone::plain, true},
                      {or_absent(package.architecture), Tone::quiet}});
  }
  page.table(packages);
}

void add_configuration(Page& page, const PlatformComparison& one) {
  if (one.configuration.empty()) return;
  Table settings({{"Setting"}, {"Before"}, {"Now"}});
  for (const SettingChange& setting : one.configuration)
    settings.add_row({{for_evidence(setting.name)},
                      {or_absent(setting.before), Tone::plain, true},
                      {or_absent(setting.after), Tone::plain, true}});
  page.table(settings);
}

void add_files(Page& page, const PlatformComparison& one) {
  if (!one.folders.empty()) {
    Table folders({{"Folder"}, {"Before", true}, {"Now", true}});
    for (const FolderChange& folder : one.folders)
      folders.add_row({{folder.folder == "/" ? "/" : "/" + for_evidence(folder.folder), Tone::plain, true},
                       {size_text(folder.bytes.before)},
                       {size_text(folder.bytes.after)}});
    page.table(folders);
  }
  if (one.file_changes.empty()) return;
  Table files({{"File"}, {"Change"}, {"What"}});
  for (size_t i = 0; i < std::min(one.file_changes.size(), most_files); ++i) {
    const FileChange& file = one.file_changes[i];
    files.add_row({{"/" + for_evidence(file.name), Tone::plain, true},
                   {std::string(name_of(file.kind))},
                   {file.what.empty() ? "the whole file" : for_evidence(file.what), Tone::quiet}});
  }
  size_t left = one.file_changes.size() - files.rows();
  std::string title =
      fmt::format("Files that changed on {}: {}", one.platform.text(), one.file_changes.size());
  page.folded(left == 0 ? title : fmt::format("{}, the first {}", title, most_files), files);
}

}  // namespace

void add_comparison(Page& page, const ImageReport& report) {
  page.subheading("Since the image before");
  if (!report.comparison) {
    page.paragraph("Not compared: " + report.not_compared + ".");
    return;
  }
  const Comparison& comparison = *report.comparison;
  page.facts(
      {{"The image before", {comparison.before.text(), Tone::plain, true}},
       {"Platforms lost", {or_none(comparison.lost), comparison.lost.empty() ? Tone::quiet : Tone::bad}},
       {"Platforms gained", {or_none(comparison.gained), Tone::quiet}}});
  if (comparison.before == comparison.after) {
    page.paragraph("It is the same image.");
    return;
  }
  for (const PlatformComparison& one : comparison.platforms) {
    page.subheading("What became different on " + one.platform.text());
    add_amounts(page, one);
    add_packages(page, one);
    add_configuration(page, one);
    add_files(page, one);
  }
}

}  // namespace eulerpublisher
