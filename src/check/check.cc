#include "check/check.h"

#include <algorithm>

namespace eulerpublisher {

std::vector<CheckResult> run_checks(const std::vector<std::unique_ptr<Check>>& checks,
                                    RepositoryReader& reader, const CheckedImage& image,
                                    const Expectation& expected, std::stop_token stop) {
  bool layers_read =
      std::ranges::all_of(image.platforms, [](const CheckedPlatform& p) { return p.root.has_value(); });
  std::vector<CheckResult> results;
  for (const auto& check : checks) {
    CheckResult result{check->name(), check->reason(), check->severity(), Outcome::passed, {}, {}};
    if (check->needs_layers() && !layers_read) {
      result.outcome = Outcome::not_run;
      result.note = "the layers were not read";
    } else if (auto why = check->needless(expected)) {
      result.outcome = Outcome::not_run;
      result.note = *why;
    } else if (auto findings = check->look(reader, image, expected, stop); !findings) {
      result.outcome = Outcome::could_not_look;
      result.note = findings.error().text();
    } else if (!findings->empty()) {
      result.outcome = Outcome::found;
      result.findings = std::move(*findings);
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

std::string_view name_of(Severity severity) {
  switch (severity) {
    case Severity::note:
      return "note";
    case Severity::warning:
      return "warning";
    case Severity::blocker:
      return "blocker";
  }
  return "unknown";
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
