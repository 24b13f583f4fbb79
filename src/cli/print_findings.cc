#include "cli/print_findings.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "cli/human.h"

namespace eulerpublisher::cli {
namespace {

using catalogue::Finding;

std::string counted(size_t number, std::string_view one) {
  return fmt::format("{} {}{}", number, one, number == 1 ? "" : "s");
}

}  // namespace

std::string describe(const LintedCatalogue& linted) {
  std::string text;
  for (const Finding& finding : linted.findings) {
    const catalogue::Place& place = finding.place;
    text += fmt::format("{}:{}:{}: {} {} {}\n", place.file, place.line, place.column,
                        catalogue::name_of(finding.severity()), rule_of(finding.code).number, finding.text);
    if (!finding.hint.empty()) text += fmt::format("    hint: {}\n", finding.hint);
  }
  catalogue::Counts counts = catalogue::count(linted.findings);
  return text + fmt::format("{}, {}: {}, {}, {}\n", counted(linted.images, "image"),
                            counted(linted.tags, "tag"), counted(counts.errors, "error"),
                            counted(counts.warnings, "warning"), counted(counts.notes, "note"));
}

std::string to_json(const LintedCatalogue& linted) {
  catalogue::Counts counts = catalogue::count(linted.findings);
  nlohmann::ordered_json json{{"catalogue", linted.root},
                              {"images", linted.images},
                              {"tags", linted.tags},
                              {"errors", counts.errors},
                              {"warnings", counts.warnings},
                              {"notes", counts.notes},
                              {"findings", nlohmann::json::array()}};
  for (const Finding& finding : linted.findings) {
    const catalogue::Rule& rule = rule_of(finding.code);
    nlohmann::ordered_json one{
        {"code", rule.number},        {"name", rule.name},          {"severity", name_of(rule.severity)},
        {"file", finding.place.file}, {"line", finding.place.line}, {"column", finding.place.column},
        {"text", finding.text},       {"hint", finding.hint},       {"about", finding.about}};
    json["findings"].push_back(std::move(one));
  }
  return json.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
}

}  // namespace eulerpublisher::cli
