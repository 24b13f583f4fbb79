#include <map>

#include "cli/print.h"
#include "cli/table.h"

namespace eulerpublisher::cli {
namespace {

std::string text_of(const Finding& finding) {
  return finding.where + (finding.where.empty() ? "" : ": ") + finding.text;
}

}  // namespace

std::string describe_checks(const std::vector<CheckResult>& results) {
  Table table({{"check"}, {"severity"}, {"outcome"}, {"what was seen"}});
  for (const CheckResult& result : results) {
    std::string severity(name_of(result.severity)), outcome(name_of(result.outcome));
    if (result.findings.empty()) table.add_row({result.name, severity, outcome, result.note});
    for (const Finding& finding : result.findings)
      table.add_row({result.name, severity, outcome, text_of(finding)});
  }
  return table.text();
}

std::string brief_checks(const std::vector<CheckResult>& results) {
  if (results.empty()) return {};
  std::map<Outcome, size_t> counts;
  std::string lines;
  for (const CheckResult& result : results) {
    ++counts[result.outcome];
    for (const Finding& finding : result.findings)
      lines += fmt::format("  {}: {}: {}\n", name_of(result.severity), result.name, text_of(finding));
    if (result.outcome == Outcome::could_not_look)
      lines +=
          fmt::format("  {}: {}: could not look: {}\n", name_of(result.severity), result.name, result.note);
  }
  std::string summary;
  for (auto [outcome, count] : counts)
    summary += fmt::format("{}{} {}", summary.empty() ? "" : ", ", count, name_of(outcome));
  return fmt::format("  checks: {}\n{}", summary, lines);
}

}  // namespace eulerpublisher::cli
