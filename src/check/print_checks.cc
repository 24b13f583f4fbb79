#include "check/print_checks.h"

#include <nlohmann/json.hpp>

namespace eulerpublisher {

using Json = nlohmann::ordered_json;

std::string print_checks(const std::vector<CheckResult>& results) {
  Json checks = Json::array();
  for (const CheckResult& result : results) {
    Json check{{"check", result.name},
               {"reason", result.reason},
               {"severity", name_of(result.severity)},
               {"outcome", name_of(result.outcome)},
               {"findings", Json::array()}};
    if (!result.note.empty()) check["note"] = result.note;
    for (const Finding& finding : result.findings) {
      check["findings"].push_back({{"where", finding.where}, {"text", finding.text}});
      if (!finding.output.empty()) check["findings"].back()["output"] = finding.output;
    }
    for (const PlatformOutcome& one : result.platforms) {
      Json platform{{"platform", one.platform.text()}, {"outcome", name_of(one.outcome)}};
      if (!one.note.empty()) platform["note"] = one.note;
      check["platforms"].push_back(std::move(platform));
    }
    checks.push_back(std::move(check));
  }
  return checks.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::vector<std::string> findings_in(const std::vector<CheckResult>& results) {
  std::vector<std::string> all;
  for (const CheckResult& result : results)
    for (const Finding& finding : result.findings)
      all.push_back(fmt::format("{}: {}{}{}", result.name, finding.where, finding.where.empty() ? "" : ": ",
                                finding.text));
  return all;
}

std::vector<std::string> blockers_in(const std::vector<CheckResult>& results) {
  std::vector<CheckResult> blocking;
  for (const CheckResult& result : results)
    if (result.severity == Severity::blocker) blocking.push_back(result);
  return findings_in(blocking);
}

}  // namespace eulerpublisher
