#include "check/check.h"

#include <algorithm>

namespace eulerpublisher {
namespace {

constexpr size_t most_findings = 100;  // of one check; the rest are counted

// Why the check is not run, or nothing.
std::optional<std::string> hindrance(const Check& check, const Subject& subject) {
  if (check.needs != Needs::documents)
    for (const CheckedPlatform& one : subject.image.platforms) {
      if (!one.unreadable.empty()) return one.platform.text() + ": " + one.unreadable;
      if (!one.root) return "the layers were not read";
    }
  if (check.needs == Needs::packages) {
    bool any = false;
    for (const CheckedPlatform& one : subject.image.platforms) {
      // That it is damaged is what `rpm-database` found.
      bool damaged = one.packages_fault && one.packages_fault->kind() == ErrorKind::corrupt;
      if (damaged) return one.platform.text() + ": its rpm database cannot be read";
      any = any || one.packages || one.packages_fault;
    }
    if (!any) return "it has no rpm database";
  }
  return check.needless ? check.needless(subject) : std::nullopt;
}

// Why nobody can look, or nothing.
const Error* blindness(const Check& check, const Subject& subject) {
  if (check.needs != Needs::packages) return nullptr;
  for (const CheckedPlatform& one : subject.image.platforms)
    if (one.packages_fault) return &*one.packages_fault;
  return nullptr;
}

void shorten(Findings& findings) {
  if (findings.size() <= most_findings) return;
  size_t more = findings.size() - most_findings;
  findings.resize(most_findings);
  findings.push_back({"", fmt::format("and {} more", more)});
}

}  // namespace

std::function<Result<Findings>(const Subject&, std::stop_token)> on_each_platform(
    std::function<void(const CheckedPlatform&, const Subject&, Findings&)> look) {
  return [look = std::move(look)](const Subject& subject, std::stop_token) -> Result<Findings> {
    Findings findings;
    for (const CheckedPlatform& one : subject.image.platforms) look(one, subject, findings);
    return findings;
  };
}

std::optional<std::string> no_comparison(const Subject& subject) {
  if (subject.comparison) return std::nullopt;
  return subject.not_compared.empty() ? "there is no image before it to compare with" : subject.not_compared;
}

std::vector<CheckResult> run_checks(const std::vector<Check>& checks, const Subject& subject,
                                    std::stop_token stop) {
  std::vector<CheckResult> results;
  for (const Check& check : checks) {
    Severity severity = subject.rules.of(check.name).severity.value_or(check.severity);
    CheckResult result{check.name, check.reason, severity, Outcome::passed, {}, {}};
    if (auto why = hindrance(check, subject)) {
      result.outcome = Outcome::not_run;
      result.note = *why;
    } else if (const Error* why = blindness(check, subject)) {
      result.outcome = Outcome::could_not_look;
      result.note = why->text();
    } else if (auto findings = check.look(subject, stop); !findings) {
      result.outcome = Outcome::could_not_look;
      result.note = findings.error().text();
    } else if (!findings->empty()) {
      result.outcome = Outcome::found;
      result.findings = std::move(*findings);
      shorten(result.findings);
    }
    results.push_back(std::move(result));
  }
  return results;
}

bool refuses(const std::vector<CheckResult>& results) {
  return std::ranges::any_of(results, [](const CheckResult& result) {
    return result.severity == Severity::blocker &&
           (result.outcome == Outcome::found || result.outcome == Outcome::could_not_look);
  });
}

std::string_view name_of(Outcome outcome) {
  switch (outcome) {
    case Outcome::passed:
      return "passed";
    case Outcome::found:
      return "found something";
    case Outcome::could_not_look:
      return "could not look";
    case Outcome::not_run:
      return "not run";
  }
  return "unknown";
}

}  // namespace eulerpublisher
