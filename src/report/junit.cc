#include <algorithm>
#include <map>

#include "page/html.h"
#include "report/image_report.h"

namespace eulerpublisher {
namespace {

using page::escape;

// One testcase: a check on one platform, or on the image as a whole.
struct Case {
  std::string name;
  Outcome outcome = Outcome::passed;
  Severity severity = Severity::blocker;
  Findings findings = {};
  std::string note = {};
};

bool is_failure(const Case& one) { return one.outcome == Outcome::found && one.severity != Severity::note; }

// Checks that run the image say by themselves how they ended where; the findings of the others do.
std::vector<Case> cases_of(const CheckResult& result, const std::vector<Platform>& platforms) {
  std::map<std::string, Case> by_place;
  auto at = [&](const std::string& place) -> Case& {
    auto [found, made] = by_place.try_emplace(place);
    if (made)
      found->second = {result.name + (place.empty() ? "" : " [" + place + "]"), Outcome::passed,
                       result.severity};
    return found->second;
  };
  bool by_findings = result.platforms.empty();
  std::vector<std::string> places;
  for (const PlatformOutcome& one : result.platforms) {
    Case& here = at(one.platform.text());
    here.outcome = one.outcome;
    here.note = one.note;
    places.push_back(one.platform.text());
  }
  if (by_findings && (result.outcome == Outcome::could_not_look || result.outcome == Outcome::not_run)) {
    Case& whole = at("");
    whole.outcome = result.outcome;
    whole.note = result.note;
    return {whole};
  }
  if (by_findings)
    for (const Platform& platform : platforms) places.push_back(platform.text());
  for (const Finding& finding : result.findings) {
    bool somewhere = std::ranges::find(places, finding.where) != places.end();
    Case& here = at(somewhere ? finding.where : "");
    here.outcome = Outcome::found;
    here.findings.push_back(finding);
  }
  if (by_findings && !by_place.contains(""))
    for (const std::string& place : places) at(place);
  if (by_place.empty()) at("");
  std::vector<Case> cases;
  for (auto& [place, one] : by_place) cases.push_back(std::move(one));
  return cases;
}

std::string text_of(const Findings& findings) {
  std::string text;
  for (const Finding& finding : findings) {
    text += finding.where + (finding.where.empty() ? "" : ": ") + finding.text + "\n";
    if (!finding.output.empty()) text += finding.output + "\n";
  }
  return text;
}

std::string content_of(const Case& one) {
  switch (one.outcome) {
    case Outcome::found: {
      std::string text = escape(text_of(one.findings));
      if (!is_failure(one)) return fmt::format("<system-out>{}</system-out>", text);
      return fmt::format("<failure type=\"{}\" message=\"{}\">{}</failure>", name_of(one.severity),
                         escape(one.findings.empty() ? "" : one.findings.front().text), text);
    }
    case Outcome::could_not_look:
      return fmt::format("<error type=\"could not look\" message=\"{}\"/>", escape(one.note));
    case Outcome::not_run:
      return fmt::format("<skipped message=\"{}\"/>", escape(one.note));
    case Outcome::passed:
      break;
  }
  return {};
}

struct Counts {
  size_t tests = 0, failures = 0, errors = 0, skipped = 0;
  void add(const Case& one) {
    ++tests;
    failures += is_failure(one);
    errors += one.outcome == Outcome::could_not_look;
    skipped += one.outcome == Outcome::not_run;
  }
  std::string attributes() const {
    return fmt::format("tests=\"{}\" failures=\"{}\" errors=\"{}\" skipped=\"{}\"", tests, failures, errors,
                       skipped);
  }
};

}  // namespace

std::string print_junit(const std::vector<ImageReport>& reports) {
  Counts all;
  std::string suites;
  for (const ImageReport& report : reports) {
    Counts counts;
    std::string cases;
    for (const CheckResult& result : report.results)
      for (const Case& one : cases_of(result, report.platforms)) {
        counts.add(one);
        all.add(one);
        cases += fmt::format("    <testcase classname=\"{}\" name=\"{}\">{}</testcase>\n",
                             escape(report.name()), escape(one.name), content_of(one));
      }
    suites += fmt::format(
        "  <testsuite name=\"{}\" {}>\n    <properties><property name=\"digest\" "
        "value=\"{}\"/></properties>\n{}"
        "  </testsuite>\n",
        escape(report.name()), counts.attributes(), report.digest.text(), cases);
  }
  return fmt::format(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"eulerpublisher container check\" "
      "{}>\n{}</testsuites>\n",
      all.attributes(), suites);
}

}  // namespace eulerpublisher
