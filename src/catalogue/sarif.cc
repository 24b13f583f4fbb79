#include "catalogue/sarif.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "oci/digest.h"

namespace eulerpublisher::catalogue {
namespace {

using Json = nlohmann::ordered_json;

// A path as a relative URI (RFC 3986).
std::string uri_of(const std::string& path) {
  constexpr std::string_view kept = "-._~/!$&'()*+,;=@";
  std::string uri;
  for (char c : path) {
    bool plain = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
                 kept.find(c) != kept.npos;
    uri += plain ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return uri;
}

Json rules_to_json() {
  Json rules = Json::array();
  for (const Rule& rule : all_rules())
    rules.push_back({{"id", rule.number},
                     {"name", rule.name},
                     {"shortDescription", {{"text", rule.meaning}}},
                     {"defaultConfiguration", {{"level", name_of(rule.severity)}}}});
  return rules;
}

Json result_of(const Finding& finding) {
  const Rule& rule = rule_of(finding.code);
  std::string text = finding.text;
  if (!finding.hint.empty()) text += fmt::format(" ({})", finding.hint);
  Json region{{"startLine", finding.place.line}, {"startColumn", finding.place.column}};
  Json location{{"artifactLocation", {{"uri", uri_of(finding.place.file)}, {"uriBaseId", "%SRCROOT%"}}},
                {"region", std::move(region)}};
  // The same finding has the same one when lines are added above it.
  std::string what = fmt::format("{}\n{}\n{}", rule.number, finding.place.file, finding.text);
  return {{"ruleId", rule.number},
          {"ruleIndex", static_cast<size_t>(finding.code)},
          {"level", name_of(rule.severity)},
          {"message", {{"text", std::move(text)}}},
          {"locations", Json::array({{{"physicalLocation", std::move(location)}}})},
          {"partialFingerprints", {{"finding/v1", digest_of(what).hex()}}}};
}

}  // namespace

std::string to_sarif(const Findings& findings, const std::string& tool_version) {
  Json driver{{"name", "eulerpublisher"}, {"version", tool_version}, {"rules", rules_to_json()}};
  Json results = Json::array();
  for (const Finding& finding : findings) results.push_back(result_of(finding));
  Json run{{"tool", {{"driver", std::move(driver)}}},
           {"columnKind", "unicodeCodePoints"},
           {"results", std::move(results)}};
  Json log{{"$schema", "https://json.schemastore.org/sarif-2.1.0.json"},
           {"version", "2.1.0"},
           {"runs", Json::array({std::move(run)})}};
  return log.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace eulerpublisher::catalogue
