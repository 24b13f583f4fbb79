#include "catalogue/lint.h"

#include <algorithm>
#include <tuple>

#include "catalogue/comparing.h"

namespace eulerpublisher::catalogue {
namespace {

bool lies_in(const std::string& file, const std::string& folder) {
  return folder.empty() ||
         (file.size() > folder.size() && file.starts_with(folder) && file[folder.size()] == '/');
}

}  // namespace

Findings lint(const Catalogue& catalogue, const Policy& policy) {
  Findings findings = catalogue.findings;
  compare_files(catalogue, findings);
  compare_bases(catalogue, policy, findings);
  compare_latest(catalogue, policy, findings);
  compare_tables(catalogue, findings);
  std::ranges::stable_sort(findings, [](const Finding& left, const Finding& right) {
    return std::tie(left.place, left.code) < std::tie(right.place, right.code);
  });
  return findings;
}

bool Scope::has(const Finding& finding) const {
  return files.contains(finding.place.file) ||
         std::ranges::any_of(folders,
                             [&](const auto& folder) { return lies_in(finding.place.file, folder); }) ||
         std::ranges::any_of(finding.about, [&](const auto& name) { return about.contains(name); });
}

Scope scope_of(const Catalogue& catalogue, const Location& location) {
  Scope scope{{location.below}, {}, {}};
  for (size_t i = 0; i < catalogue.images.size(); ++i) {
    const Image& image = catalogue.images[i];
    if (!is_meant(location, image)) continue;
    scope.about.insert(image.name);
    for (const Entry& entry : image.entries) {
      scope.about.insert(image.name + ":" + entry.tag);
      if (!entry.file.empty()) scope.files.insert(entry.file);
    }
  }
  return scope;
}

Counts count(const Findings& findings) {
  Counts counts;
  for (const Finding& finding : findings) {
    switch (finding.severity()) {
      case Severity::error:
        ++counts.errors;
        break;
      case Severity::warning:
        ++counts.warnings;
        break;
      case Severity::note:
        ++counts.notes;
        break;
    }
  }
  return counts;
}

std::map<std::string, std::vector<EntryId>> entries_by_file(const Catalogue& catalogue) {
  std::map<std::string, std::vector<EntryId>> by_file;
  for (EntryId id : catalogue.all_entries())
    if (!catalogue.entry(id).file.empty()) by_file[catalogue.entry(id).file].push_back(id);
  return by_file;
}

std::vector<std::string> names_of(const Catalogue& catalogue, const std::vector<EntryId>& ids) {
  std::vector<std::string> names;
  for (EntryId id : ids) names.push_back(catalogue.name(id));
  return names;
}

}  // namespace eulerpublisher::catalogue
