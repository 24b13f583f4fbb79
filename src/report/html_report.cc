#include "page/page.h"
#include "report/html_comparison.h"
#include "report/image_report.h"

namespace eulerpublisher {
namespace {

using page::Cell;
using page::Page;
using page::Table;
using page::Tone;

Tone tone_of(Severity severity) {
  switch (severity) {
    case Severity::blocker:
      return Tone::bad;
    case Severity::warning:
      return Tone::warning;
    case Severity::note:
      break;
  }
  return Tone::plain;
}

Tone tone_of(const CheckResult& result) {
  switch (result.outcome) {
    case Outcome::passed:
      return Tone::good;
    case Outcome::found:
      return tone_of(result.severity);
    case Outcome::could_not_look:
      return result.severity == Severity::blocker ? Tone::bad : Tone::warning;
    case Outcome::not_run:
      break;
  }
  return Tone::quiet;
}

void add_verdict(Page& page, const ImageReport& report) {
  size_t blockers = 0, others = 0, not_run = 0;
  for (const CheckResult& result : report.results) {
    bool seen = result.outcome == Outcome::found || result.outcome == Outcome::could_not_look;
    blockers += seen && result.severity == Severity::blocker;
    others += seen && result.severity != Severity::blocker;
    not_run += result.outcome == Outcome::not_run;
  }
  std::string meaning = fmt::format("{} checks: {} refuse it, {} have a warning or a note, {} were not run",
                                    report.results.size(), blockers, others, not_run);
  if (refuses(report.results)) {
    page.verdict({"refused", Tone::bad}, meaning);
  } else if (others > 0) {
    page.verdict({"passed, with findings", Tone::warning}, meaning);
  } else {
    page.verdict({"passed", Tone::good}, meaning);
  }
}

void add_findings(Page& page, const ImageReport& report) {
  Table findings({{"Check"}, {"Severity"}, {"Where"}, {"What was seen"}});
  for (const CheckResult& result : report.results) {
    Cell severity{std::string(name_of(result.severity)), tone_of(result.severity)};
    for (const Finding& finding : result.findings)
      findings.add_row({{result.name},
                        severity,
                        {finding.where.empty() ? "the image" : finding.where},
                        {finding.text, Tone::plain, true}});
    if (result.outcome == Outcome::could_not_look)
      findings.add_row({{result.name}, severity, {"could not look"}, {result.note, Tone::plain, true}});
  }
  page.subheading("Findings").table(findings);
  for (const CheckResult& result : report.results)
    for (const Finding& finding : result.findings)
      if (!finding.output.empty() && finding.output != finding.text)
        page.output(fmt::format("What was said: {}, {}", result.name, finding.where), finding.output);
}

void add_checks(Page& page, const ImageReport& report) {
  Table checks({{"Check"}, {"Outcome"}, {"Severity"}, {"Why there is such a check"}, {"Remark"}});
  for (const CheckResult& result : report.results)
    checks.add_row({{result.name},
                    {std::string(name_of(result.outcome)), tone_of(result)},
                    {std::string(name_of(result.severity))},
                    {result.reason},
                    {result.note, Tone::quiet}});
  page.subheading("All checks").table(checks);
}

void add_packages(Page& page, const PlatformPackages& installed) {
  Table packages({{"Package"}, {"Version"}, {"Architecture"}, {"Signed with"}});
  for (const Package& package : installed.packages)
    if (!package.is_key())
      packages.add_row({{package.name},
                        {package.full_version(), Tone::plain, true},
                        {package.architecture},
                        {package.key.empty() ? "no key" : package.key, Tone::quiet, true}});
  page.subheading("Packages of " + installed.platform.text()).table(packages);
}

}  // namespace

std::string print_html(const std::vector<ImageReport>& reports) {
  Page page(reports.size() == 1 ? "Checks of " + reports.front().name()
                                : fmt::format("Checks of {} images", reports.size()));
  for (const ImageReport& report : reports) {
    if (reports.size() > 1) page.heading(report.name());
    add_verdict(page, report);
    page.facts({{"Image", {report.name(), Tone::plain, true}},
                {"Digest", {report.digest.text(), Tone::plain, true}},
                {"Platforms", {list_of(report.platforms)}}});
    add_findings(page, report);
    add_checks(page, report);
    add_comparison(page, report);
    for (const PlatformPackages& installed : report.packages) add_packages(page, installed);
  }
  return page.html();
}

}  // namespace eulerpublisher
